// Figures in which another library is better than ours, each with the reason: `{ row, figure, to, why }`. The page shows
// them; an entry that is not needed, and a better library that is not named, fail the run.

export const CONCEDED = [];
