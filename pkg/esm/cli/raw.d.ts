/** Name → text of every member of the object in `json`, which must be sound. */
export declare function membersOf(json: string): Map<string, string>;
