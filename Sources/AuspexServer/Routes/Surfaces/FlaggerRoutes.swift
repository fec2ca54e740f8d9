import AuspexChanges
import AuspexEngine
import AuspexSignals
import AuspexWire
import Foundation
import HTTPTypes
import Hummingbird

/// The gates that Flagger calls: a status says whether to go on, a line of text why.
struct FlaggerRoutes: Sendable {
    /// The most that a call may have, in bytes.
    private static let mostBytes = 64 << 10

    let engine: Engine
    let receiver: HookReceiver
    let cache: VerdictCache

    func add(to router: Router<BasicRequestContext>) {
        router.post("/hooks/flagger/gate", use: gate)
        router.post("/hooks/flagger/rollback", use: rollback)
    }

    /// 200: go on. 412: halt.
    @Sendable private func gate(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let verdict = try await cache.verdict(on: try await query(of: request))
        return .text(verdict.summary + "\n", status: verdict.mayGoOn ? .ok : .preconditionFailed)
    }

    /// 200: roll back. 412: don't. Only a verdict that fails is a reason to; one that does not know enough is none.
    @Sendable private func rollback(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        var query = try await query(of: request)
        // What the canary has done counts; a freeze or a neighbour's trouble is no reason to take it back.
        query.phase = .after
        let verdict = try await cache.verdict(on: query)
        return .text(verdict.summary + "\n", status: verdict.outward == .fail ? .ok : .preconditionFailed)
    }

    private func query(of request: Request) async throws -> GateQuery {
        do {
            try receiver.checkIsOpen(.flagger)
            let body = try await request.body(upTo: Self.mostBytes)
            return GateQuery(
                try receiver.receiveFlaggerGate(
                    headers: HookHeaders(request), body: Data(body.readableBytesView),
                    receivedAt: engine.clock.now()))
        } catch let error as HookError {
            engine.metrics.add(to: .webhooksRefused)
            throw error.problem
        }
    }
}
