// Icons, drawn here so that none is fetched. They never stand alone without a name: buttons carry a label.
const PATHS = {
  overview: "M3 12h4l3-8 4 16 3-8h4",
  cases: "M4 7h16v12H4zM9 7V5h6v2M4 12h16",
  decisions: "M12 3v18M5 7h14M5 7l-2.5 6h5zM19 7l-2.5 6h5z",
  appeals: "M4 5h16v11H9l-5 4z",
  hunts: "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.5 15.5 21 21",
  detectors: "M5 20v-6M12 20V4M19 20v-9",
  audit: "M6 3h9l4 4v14H6zM9 12h7M9 16h7M9 8h3",
  settings: "M4 7h9M17 7h3M4 17h3M11 17h9M15 4.5v5M9 14.5v5",
  account: "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4.5 20c1.5-4 4-5.5 7.5-5.5s6 1.5 7.5 5.5",
  search: "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.5 15.5 21 21",
  theme: "M12 4a8 8 0 1 0 0 16zM12 4a8 8 0 0 1 0 16",
  language: "M4 6h9M8.5 4v2M6 6c.5 4 3.5 7 6.5 8M11 6c-.5 4-4 7.500-7 8.500M13 20l4-10 4 10M14.500 16.500h5",
  out: "M14 4h5v16h-5M10 8l-4 4 4 4M6 12h9",
  check: "M5 12.500l4.500 4.500L19 7",
  cross: "M6 6l12 12M18 6L6 18",
  warn: "M12 4l9 16H3zM12 10v4M12 17v.5",
  info: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 11v5M12 8v.5",
  clock: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 8v4.500l3 2",
  undo: "M9 6L4 11l5 5M4 11h10a5 5 0 0 1 0 10h-3",
  eye: "M2.500 12S6 5.500 12 5.500 21.500 12 21.500 12 18 18.500 12 18.500 2.500 12 2.500 12zM12 9.500a2.500 2.500 0 1 0 0 5 2.500 2.500 0 0 0 0-5z",
  flag: "M6 21V4h12l-3 4 3 4H6",
  note: "M5 4h14v16H5zM8 9h8M8 13h8",
  merge: "M6 4v5c0 4 6 3 6 8v3M18 4v5c0 4-6 3-6 8",
  shield: "M12 3l7 3v6c0 4.500-3 7.500-7 9-4-1.500-7-4.500-7-9V6z",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  fit: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
  dot: "M12 7a5 5 0 1 0 0 10 5 5 0 0 0 0-10z",
  copy: "M8 8h11v12H8zM5 16V4h10",
  down: "M12 4v12M7 11.500l5 5 5-5M5 20h14",
  link: "M9 15l6-6M10 6l2-2a4 4 0 0 1 6 6l-2 2M14 18l-2 2a4 4 0 0 1-6-6l2-2",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg viewBox="0 0 24 24" width={size} height={size} aria-hidden="true" fill="none" stroke="currentColor"
      strokeWidth="1.75" strokeLinecap="round" strokeLinejoin="round">
      <path d={PATHS[name]} />
    </svg>
  );
}

/** The mark of Vigie: the sun that the lookout sees first. */
export function Mark() {
  return (
    <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true" fill="none" stroke="currentColor" strokeWidth="1.6">
      <path d="M2 15.5h20M5 19h14" />
      <path d="M6.500 15.500a5.500 5.500 0 0 1 11 0z" fill="currentColor" stroke="none" />
      <path d="M12 3v3.400M4.600 6.600l2.200 2.200M19.400 6.600l-2.200 2.200" />
    </svg>
  );
}
