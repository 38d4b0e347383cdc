/** The mark of the product. */
export function Logo({ size }: { size: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="9" fill="var(--accent)" />
      <path
        d="M9 9.5h14a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2h-8.2L10 25.4v-3.9H9a2 2 0 0 1-2-2v-8a2 2 0 0 1 2-2Z"
        fill="var(--on-accent)"
      />
      <path d="M12 15.5h8M12 15.5h.01" stroke="var(--accent)" strokeWidth="2.4" strokeLinecap="round" />
    </svg>
  );
}
