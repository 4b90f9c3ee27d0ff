/** `error`: tokens will be refused, or must not be trusted. */
export type Severity = 'error' | 'warning' | 'info';
export interface Finding {
    readonly id: string;
    readonly severity: Severity;
    /** What it is about: an issuer, a URL, a claim. */
    readonly subject?: string;
    readonly what: string;
    readonly why: string;
    readonly remedy: string;
    readonly evidence: Readonly<Record<string, unknown>>;
}
