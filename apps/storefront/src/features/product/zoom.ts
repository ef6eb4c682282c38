/** How far a picture may be pinched (C05-UI-06). */
export const zoomLimits = { min: 1, max: 4 } as const;
