"use strict";
// The values a caller gets: who it is, what the token said of itself, which keys decided. Types only.
Object.defineProperty(exports, "__esModule", { value: true });
