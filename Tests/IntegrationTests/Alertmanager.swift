import AuspexSignals
import Foundation

@testable import AuspexRules

/// An Alertmanager that runs beside a test, and what is said to it.
///
/// A class because the process is ended with it.
final class Alertmanager: Sendable {
    static let program = "/usr/bin/prometheus-alertmanager"

    static var isHere: Bool { FileManager.default.isExecutableFile(atPath: program) }

    let http: HTTP
    private let daemon: Daemon
    private let folder: URL

    /// Starts one and waits until it is ready.
    init(configuration: String) async throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "alertmanager-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let file = folder.appending(path: "alertmanager.yml")
        try configuration.write(to: file, atomically: true, encoding: .utf8)
        let http = HTTP(port: try freePort())
        self.http = http
        daemon = try await Daemon(
            "alertmanager", Self.program,
            [
                "--config.file=\(file.path)", "--storage.path=\(folder.path)/data", "--cluster.listen-address=",
                "--web.listen-address=127.0.0.1:\(http.port)",
            ], in: folder.path)
        _ = try await eventually("Alertmanager is ready") { () -> Bool? in
            try await http.get("/-/ready").status == 200 ? true : nil
        }
    }

    deinit {
        daemon.signal(SIGKILL)
        try? FileManager.default.removeItem(at: folder)
    }

    /// Hands in how alerts stand now; those that don't fire ended just now. It takes them in by the way.
    func post(_ alerts: [Alert]) async throws -> HTTP.Answer {
        let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
        let body = alerts.map { alert in
            let shown = alert.labels.pairs.filter { !$0.value.isEmpty }
            let labels = shown.map { ($0.name, JSONValue.string($0.value)) }
            let end = alert.state == .firing ? now + .hours(1) : now - .seconds(1)
            return JSONValue.object([
                "labels": .object(Dictionary(labels + [("alertname", .string("A"))]) { first, _ in first }),
                "startsAt": .string((now - .minutes(1)).iso8601), "endsAt": .string(end.iso8601),
            ])
        }
        return try await http.post("/api/v2/alerts", json: .array(body))
    }
}

extension Alert {
    /// An alert with these labels that has not fired, its identifier among them.
    init(id: String, _ labels: [String: String]) {
        let labels = Labels(labels.merging(["id": id]) { first, _ in first })
        let start = Timestamp(milliseconds: 0)
        let fact = MetricFact(labels: labels, reading: Reading(time: start, value: 1))
        self.init(
            id: id, rule: "r", title: id, severity: .info, owner: "", runbookURL: "", group: labels, labels: labels,
            state: .pending, startedAt: start, firedAt: start, resolvedAt: nil, evidence: Evidence(.metric(fact)),
            related: nil, risk: nil, heldBack: nil, standsFor: nil, note: "")
    }

    /// Lets it begin or end.
    mutating func turn(_ state: State, at time: Timestamp) {
        self.state = state
        if state == .firing { firedAt = time }
        resolvedAt = state == .resolved ? time : nil
    }
}
