// The values a caller gets: who it is, what the token said of itself, which keys decided. Types only.
export {};
