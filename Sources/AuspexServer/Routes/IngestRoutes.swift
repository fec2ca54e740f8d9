import AuspexEngine
import AuspexSignals
import AuspexStore
import AuspexWire
import HTTPTypes
import Hummingbird
import NIOCore

/// The doors for metrics.
struct IngestRoutes: Sendable {
    let engine: Engine
    private let limits = RemoteWriteLimits()
    private let labels = LabelCache()
    private let budget: BodyBudget

    init(engine: Engine, budget: BodyBudget) {
        self.engine = engine
        self.budget = budget
    }

    func add(to router: Router<BasicRequestContext>) {
        router.post("/api/v1/write", use: remoteWrite)
    }

    /// Prometheus remote write 1.0. Answered 204 when every sample is on disk, 503 when the backlog is full: Prometheus
    /// repeats after 503 and drops a batch after 429.
    @Sendable private func remoteWrite(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        do throws(RemoteWriteError) {
            try RemoteWrite.checkHeaders(
                contentType: request.headers[.contentType], contentEncoding: request.headers[.contentEncoding])
        } catch {
            throw Problem(.init(code: error.status), "Not a remote write request", error.description)
        }
        return try await budget.withBody(
            of: request, upTo: limits.compressedBytes, growing: .snappy(limit: limits.uncompressedBytes)
        ) { try await store($0) }
    }

    private func store(_ body: ByteBuffer) async throws -> Response {
        let result: RemoteWriteResult
        do throws(RemoteWriteError) {
            result = try RemoteWrite.decode(body.readableBytesView, limits: limits, cache: labels)
        } catch {
            throw Problem(.init(code: error.status), "Not a remote write request", error.description)
        }
        engine.metrics.add(result.rejectedSamples, to: .samplesRejected)
        var ahead = 0
        if !result.batch.series.isEmpty { ahead = try await accepting { try await engine.ingest(result.batch) } }
        if let problem = result.problem {
            throw Problem(.init(code: result.status), "Invalid series", problem)
        }
        if ahead > 0 {
            throw Problem(
                .badRequest, "Samples from the future",
                "\(ahead) of \(result.batch.sampleCount) samples refused, because their times lie more than "
                    + "\(engine.configuration.detection.mostAhead) ahead of this machine's clock; set the sender's clock"
            )
        }
        return Response(status: .noContent)
    }
}

/// Turns a full backlog and a store that fails into the answer that makes senders try again, and an impossible time into one
/// that does not.
func accepting<Result>(_ body: () async throws -> Result) async throws -> Result {
    do {
        return try await body()
    } catch let error as EngineError {
        switch error {
        case .backlogFull, .deskFull:
            throw Problem(.serviceUnavailable, "Backlog full", error.description, headers: [.retryAfter: "5"])
        case .tooFarAhead: throw Problem(.badRequest, "A time in the future", error.description)
        default: throw error
        }
    } catch let error as StoreError {
        // As a full disk may have room again: senders drop what is answered 500.
        throw Problem(
            .serviceUnavailable, "Not stored",
            "the store cannot be written to at the moment; the server's log says more",
            headers: [.retryAfter: "5"], cause: error.description)
    }
}

extension Request {
    /// The body as one buffer.
    ///
    /// - Throws: a 413 problem when it is longer than `limit` bytes.
    func body(upTo limit: Int) async throws -> ByteBuffer {
        let tooLarge = Problem(.contentTooLarge, "Body too large", "a body may have \(limit) bytes here")
        if let announced = headers[.contentLength].flatMap(Int.init), announced > limit { throw tooLarge }
        do {
            return try await body.collect(upTo: limit)
        } catch is NIOTooManyBytesError {
            throw tooLarge
        }
    }
}
