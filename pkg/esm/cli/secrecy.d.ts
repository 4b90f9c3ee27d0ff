/** Whether what should be a file's name is rather a token. */
export declare function looksLikeToken(name: string): boolean;
/** Whether the value of an option is a token, and nothing else. */
export declare function isToken(value: string): boolean;
