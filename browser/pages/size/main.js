// All that an app needs to register, encrypt and decrypt: the bundle of this is what is weighed and measured.
import { EThree } from '@virgilsecurity/e3kit';

globalThis.EThree = EThree;
