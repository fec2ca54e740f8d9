import AuspexEngine
import AuspexSignals
import AuspexWire
import HTTPTypes
import Hummingbird
import NIOCore

/// The doors for logs.
struct LogRoutes: Sendable {
    let engine: Engine
    let budget: BodyBudget
    private let limits = LogLimits()

    init(engine: Engine, budget: BodyBudget) {
        self.engine = engine
        self.budget = budget
    }

    func add(to router: Router<BasicRequestContext>) {
        router.post("/v1/logs", use: openTelemetry)
        // Where Loki has it, for senders that are set up for Loki.
        router.post("/otlp/v1/logs", use: openTelemetry)
        router.post("/loki/api/v1/push", use: loki)
    }

    /// OpenTelemetry's protocol. Answered 200 when every record is on disk that was not refused, with `partial_success`
    /// when some were; 503 when the backlog is full, which senders repeat.
    @Sendable private func openTelemetry(
        _ request: Request, _ context: BasicRequestContext
    ) async throws -> Response {
        let encoding = try Self.understanding("Not a request for logs") { () throws(LogWireError) in
            try OTLPLogs.encoding(contentType: request.headers[.contentType])
        }
        let received = engine.clock.now()
        let (logs, ahead) = try await take(request, "Not a request for logs") { body throws(LogWireError) in
            try OTLPLogs.decode(
                body.readableBytesView, encoding, contentEncoding: request.headers[.contentEncoding],
                received: received, limits: limits)
        }
        let message = [logs.problem, problem(ofAhead: ahead)].compactMap { $0 }.joined(separator: "; ")
        let answer = OTLPLogs.response(rejected: logs.rejected + ahead, message: message, encoding)
        return Response(
            status: .ok, headers: [.contentType: encoding.mediaType],
            body: .init(byteBuffer: ByteBuffer(bytes: answer)))
    }

    /// Loki's push API. Answered 204 when every record is on disk; 400 names what was left out, and the others are kept; 503
    /// when the backlog is full, which senders repeat.
    @Sendable private func loki(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        // Its protobuf is in a snappy block, whatever the encoding says.
        let isJSON = request.headers[.contentType]?.lowercased().contains("json") == true
        let growth = isJSON ? nil : BodyBudget.Growth.snappy(limit: limits.uncompressedBytes)
        let (logs, ahead) = try await take(request, "Not a push of logs", growing: growth) {
            body throws(LogWireError) in
            try LokiPush.decode(
                body.readableBytesView, contentType: request.headers[.contentType],
                contentEncoding: request.headers[.contentEncoding], limits: limits)
        }
        if let problem = logs.problem ?? problem(ofAhead: ahead) {
            throw Problem(.badRequest, "Records refused", problem)
        }
        return Response(status: .noContent)
    }

    /// Reads, decodes and stores a request's records.
    ///
    /// - Returns: what was decoded, and how many of its records were refused because they lie in the future.
    private func take(
        _ request: Request, _ title: String, growing growth: BodyBudget.Growth? = nil,
        _ decode: (ByteBuffer) throws(LogWireError) -> DecodedLogs
    ) async throws -> (logs: DecodedLogs, ahead: Int) {
        let encoded = BodyBudget.Growth(
            contentEncoding: request.headers[.contentEncoding], limit: limits.uncompressedBytes)
        return try await budget.withBody(
            of: request, upTo: limits.compressedBytes, growing: encoded ?? growth
        ) { body in
            let logs = try Self.understanding(title) { () throws(LogWireError) in try decode(body) }
            engine.metrics.count(logs)
            guard !logs.records.isEmpty else { return (logs, 0) }
            return (logs, try await accepting { try await engine.ingest(SignalBatch(logs: logs.records)) })
        }
    }

    private func problem(ofAhead count: Int) -> String? {
        guard count > 0 else { return nil }
        let limit = engine.configuration.detection.mostAhead
        return "\(count) records refused, because their times lie more than \(limit) ahead of this machine's clock; "
            + "set the sender's clock"
    }

    private static func understanding<Value>(
        _ title: String, _ body: () throws(LogWireError) -> Value
    ) throws(Problem) -> Value {
        do throws(LogWireError) {
            return try body()
        } catch {
            throw Problem(.init(code: error.status), title, error.description)
        }
    }
}

extension EngineMetrics {
    /// Counts what a decoder left out and cut off.
    func count(_ logs: DecodedLogs) {
        add(logs.rejected, to: .logsRejected)
        add(logs.shortened, to: .logsShortened)
    }
}
