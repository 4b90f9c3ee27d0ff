//! Published examples, and the edges of what a key or a signature may be.
