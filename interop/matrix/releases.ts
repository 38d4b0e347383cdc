/** The releases of the official crypto library, by the folder in which each is installed. */
export const RELEASE_FOLDERS = { '4.2.2': 'official-crypto-4', '5.1.2': 'official-crypto-5' } as const;

export type Release = keyof typeof RELEASE_FOLDERS;
export const RELEASES = Object.keys(RELEASE_FOLDERS) as readonly Release[];
