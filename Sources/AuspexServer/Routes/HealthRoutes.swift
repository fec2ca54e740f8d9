import AuspexEngine
import AuspexRules
import AuspexSignals
import Hummingbird

/// The door for the outcomes of health checks.
struct HealthRoutes: Sendable {
    /// Outcomes that one request may report, and the longest text of one in bytes.
    private static let mostChecks = 10_000
    private static let longestText = 4_096
    /// Outcomes that are older say nothing of now.
    private static let oldest = TimeSpan.hours(1)

    let engine: Engine

    func add(to router: Router<BasicRequestContext>) {
        router.post("/api/v1/health", use: report)
    }

    private struct Report: Decodable {
        var checks: [Check]
    }

    /// The outcome of one check.
    private struct Check: Decodable {
        /// `service`, `instance` and what else there is.
        var labels: [String: String]
        /// The check's name; missing when there is only one.
        var check: String?
        var status: HealthFact.Status
        var message: String?
        /// Now when it is missing.
        var time: Request.Moment?
    }

    @Sendable private func report(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let checks = try await request.json(Report.self).checks
        guard checks.count <= Self.mostChecks else {
            throw Problem(
                .badRequest, "Invalid body",
                "checks has \(checks.count) entries; at most \(Self.mostChecks) are accepted")
        }
        let now = engine.clock.now()
        let facts = try checks.enumerated().map { place, check in
            let texts = check.labels.flatMap { [$0.key, $0.value] } + [check.check ?? "", check.message ?? ""]
            if let text = texts.first(where: { $0.utf8.count > Self.longestText }) {
                throw Problem(
                    .badRequest, "Invalid body",
                    "checks[\(place)] has a text of \(text.utf8.count) bytes; at most \(Self.longestText) are accepted")
            }
            let labels = Labels(check.labels)
            guard !labels.pairs.isEmpty else {
                throw Problem(
                    .badRequest, "Invalid body",
                    "checks[\(place)].labels is empty; name what was checked, such as service")
            }
            let time = check.time?.time ?? now
            guard time > now - Self.oldest else {
                throw Problem(
                    .badRequest, "Invalid body",
                    "checks[\(place)].time, \(time.iso8601), is more than \(Self.oldest) ago: it says nothing of now")
            }
            return HealthFact(
                labels: labels, check: check.check ?? "", status: check.status, message: check.message ?? "",
                time: time)
        }
        if !facts.isEmpty { try await accepting { try await engine.report(facts) } }
        return Response(status: .noContent)
    }
}
