import type { EventListener } from './events.js';
export type { EventListener } from './events.js';
/** The part of a `Meter` of `@opentelemetry/api` that is used. */
export interface Meter {
    createCounter(name: string, options?: any): {
        add(value: number, attributes?: any): void;
    };
    createHistogram(name: string, options?: any): {
        record(value: number, attributes?: any): void;
    };
}
/** The option `onEvent` of a verifier. No attribute holds a token, a subject or a key id. */
export declare function otelListener({ meter }: {
    readonly meter: Meter;
}): EventListener;
