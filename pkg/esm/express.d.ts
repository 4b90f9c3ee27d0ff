import type { AuthError } from './errors.js';
import type { CheckResult } from './hooks.js';
import type { Identity, TokenFacts } from './identity.js';
declare global {
    namespace Express {
        interface Request {
            /** Who the request's token speaks for; set by `requireAuth`. */
            identity?: Identity;
            /** What the request's token said of itself; set by `requireAuth`. */
            tokenFacts?: TokenFacts;
        }
    }
}
/** The part of a request that is used. */
export interface AuthRequest {
    readonly headers: {
        readonly authorization?: string | undefined;
    };
    readonly rawHeaders?: readonly string[];
    identity?: Identity;
    tokenFacts?: TokenFacts;
}
/** A request whose route has parameters, of which Express says that each is one text or several. */
export interface RoutedRequest extends AuthRequest {
    readonly params: Readonly<Record<string, string | readonly string[] | undefined>>;
}
/** Reads from a request which tenant it is about. */
export type TenantOf<Request extends AuthRequest> = (req: Request) => string | readonly string[] | undefined;
/** The part of a response that is used. */
export interface AuthResponse {
    statusCode: number;
    setHeader(name: string, value: string): unknown;
    end(body: string): unknown;
}
export type Next = (error?: unknown) => void;
/** Middleware. */
export type AuthHandler<Request extends AuthRequest = AuthRequest> = (req: Request, res: AuthResponse, next: Next) => void;
/** Answers, or passes on, a request that is refused. */
export type OnError = (error: AuthError, req: AuthRequest, res: AuthResponse, next: Next) => void;
export interface RequireAuthOptions {
    readonly verifier: {
        checkAuthorization(header: string | readonly string[] | undefined): Promise<CheckResult>;
    };
    /** Instead of the answer; `(error, req, res, next) => next(error)` leaves it to the app's error handler. */
    readonly onError?: OnError | undefined;
}
/** Lets only requests with a good bearer token pass, and sets `req.identity` and `req.tokenFacts`. */
export declare function requireAuth({ verifier, onError }: RequireAuthOptions): AuthHandler;
/** Lets identities with all of these roles pass; otherwise 403 FORBIDDEN. Stands after `requireAuth`. */
export declare function requireRoles(...roles: string[]): AuthHandler;
/** Lets identities with at least one of these roles pass; otherwise 403 FORBIDDEN. Stands after `requireAuth`. */
export declare function requireAnyRole(...roles: string[]): AuthHandler;
/**
 * Lets identities of this tenant pass; otherwise 403 FORBIDDEN. Stands after `requireAuth`. The tenant may be read
 * from the request; without one, any identity whose tenant is known passes. Several values (Express types a parameter
 * as one or several) are nobody's tenant.
 */
export declare function requireTenant(...tenant: [] | [string]): AuthHandler;
export declare function requireTenant<Request extends AuthRequest = RoutedRequest>(tenant: TenantOf<Request>): AuthHandler<Request>;
/** Lets tokens with all of these scopes pass; otherwise 403 INSUFFICIENT_SCOPE. Stands after `requireAuth`. */
export declare function requireScopes(...scopes: string[]): AuthHandler;
/** The default answer: status, `WWW-Authenticate` or `Retry-After`, and `{ error, code }`. */
export declare function answerError(error: AuthError, _req: AuthRequest, res: AuthResponse): void;
