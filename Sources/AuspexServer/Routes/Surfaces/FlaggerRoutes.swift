import AuspexChanges
import AuspexEngine
import Foundation
import HTTPTypes
import Hummingbird

/// The gates that Flagger calls: a status says whether to go on, a line of text why.
struct FlaggerRoutes: Sendable {
    /// The most that a call may have, in bytes.
    private static let mostBytes = 64 << 10

    let engine: Engine
    let cache: VerdictCache

    func add(to router: Router<BasicRequestContext>) {
        router.post("/hooks/flagger/gate", use: gate)
        router.post("/hooks/flagger/rollback", use: rollback)
    }

    /// What Flagger sends. The name and the namespace stand for the service and the environment unless the metadata of the
    /// webhook say otherwise.
    private struct Call: Decodable {
        var name: String
        var namespace: String?
        var metadata: [String: String]?

        var query: GateQuery {
            func text(_ key: String, or standard: String = "") -> String { metadata?[key] ?? standard }
            return GateQuery(
                service: text("service", or: name), environment: text("environment", or: namespace ?? ""),
                sha: text("sha"), version: text("version"))
        }
    }

    /// 200: go on. 412: halt.
    @Sendable private func gate(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let verdict = try await cache.verdict(on: try await query(of: request))
        return .text(verdict.summary + "\n", status: verdict.mayGoOn ? .ok : .preconditionFailed)
    }

    /// 200: roll back. 412: don't. Only a verdict that fails is a reason to; one that does not know enough is none.
    @Sendable private func rollback(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let verdict = try await cache.verdict(on: try await query(of: request))
        return .text(verdict.summary + "\n", status: verdict.outward == .fail ? .ok : .preconditionFailed)
    }

    private func query(of request: Request) async throws -> GateQuery {
        let configuration = engine.configuration
        guard let token = configuration.answers.flaggerToken ?? configuration.api.token else {
            engine.metrics.add(to: .webhooksRefused)
            throw Problem(
                .forbidden, "Webhook not set up",
                "set answers.flagger.token_file to a file with the token that Flagger's webhooks show")
        }
        let body = try await request.body(upTo: Self.mostBytes)
        let call: Call
        do {
            call = try JSONDecoder().decode(Call.self, from: Data(body.readableBytesView))
        } catch {
            throw Problem(.badRequest, "Invalid body", "this is not what Flagger sends: \(error.plainText)")
        }
        let given = [request.headers[.authorization] ?? "", "Bearer \(call.metadata?["token"] ?? "")"]
        // Both are always compared, so that the time of the answer tells nothing.
        let matches = given.filter { constantTimeEqual(Array($0.utf8), Array("Bearer \(token.value)".utf8)) }
        guard !matches.isEmpty else {
            engine.metrics.add(to: .webhooksRefused)
            throw Problem(
                .unauthorized, "Token needed", "send the token as Authorization: Bearer, or as metadata.token",
                headers: [.wwwAuthenticate: "Bearer"])
        }
        guard !call.query.service.isEmpty else {
            throw Problem(.badRequest, "Invalid body", "name is empty: it stands for the service")
        }
        return call.query
    }
}

extension Error {
    /// What a decoder lacks, in a line.
    fileprivate var plainText: String {
        switch self as? DecodingError {
        case .keyNotFound(let key, _): "\(key.stringValue) is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            context.debugDescription
        default: "not JSON"
        }
    }
}
