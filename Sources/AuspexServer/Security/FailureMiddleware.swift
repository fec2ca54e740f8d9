import AuspexStore
import HTTPTypes
import Hummingbird
import Logging

/// Turns every failure into a problem document. What went wrong inside is logged and not told to the caller.
struct FailureMiddleware<Context: RequestContext>: RouterMiddleware {
    func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let problem as Problem {
            if let cause = problem.cause { log(cause, request, context) }
            return try problem.response(from: request, context: context)
        } catch let error as HTTPError {
            let detail = error.body ?? "\(request.method) \(request.uri.path) is not served here"
            return try Problem(error.status, error.status.reasonPhrase, detail).response(
                from: request, context: context)
        } catch let error as StoreError where error.isOfDisk {
            log("\(error)", request, context)
            return try Problem(.serviceUnavailable, "Not stored", "the disk does not take it; try again later")
                .response(from: request, context: context)
        } catch {
            log("\(error)", request, context)
            return try Problem(.internalServerError, "Internal error", "the server's log says more")
                .response(from: request, context: context)
        }
    }

    private func log(_ error: String, _ request: Request, _ context: Context) {
        context.logger.error(
            "a request failed",
            metadata: ["method": "\(request.method)", "path": "\(request.uri.path)", "error": "\(error)"])
    }
}
