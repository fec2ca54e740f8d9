import Foundation
import Subprocess
import SystemPackage

/// Prometheus' own tester of rules, which evaluates them as the server does.
enum Promtool {
    static let path = "/usr/bin/promtool"

    static var isHere: Bool { FileManager.default.isExecutableFile(atPath: path) }

    /// What it says of rules over series, minute by minute, when it is told that no alert ever fires: which do.
    ///
    /// - Parameters:
    ///   - rules: The rules of one group, a line each.
    ///   - series: The input series, a line each.
    ///   - alerts: The names that are asked about.
    ///   - minutes: Up to which minute, not included.
    static func complaints(
        rules: [String], series: [String], alerts: [String], minutes: Int
    ) async throws -> String {
        let folder = FileManager.default.temporaryDirectory.appending(path: "promtool-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func lines(_ entries: [String]) -> String { entries.map { "  - \($0)\n" }.joined() }
        try "groups:\n- name: g\n  rules:\n\(lines(rules))"
            .write(to: folder.appending(path: "rules.yml"), atomically: true, encoding: .utf8)
        let questions = alerts.flatMap { alert in
            (0..<minutes).map { "{eval_time: \($0)m, alertname: \(alert), exp_alerts: []}" }
        }
        let test = """
            rule_files: [rules.yml]
            evaluation_interval: 1m
            tests:
            - interval: 1m
              input_series:
            \(lines(series))  alert_rule_test:
            \(lines(questions))
            """
        try test.write(to: folder.appending(path: "test.yml"), atomically: true, encoding: .utf8)
        let result = try await Subprocess.run(
            .path(FilePath(path)), arguments: ["test", "rules", "test.yml"],
            workingDirectory: FilePath(folder.path), output: .string(limit: 64 << 20), error: .string(limit: 64 << 20))
        return result.standardOutput + result.standardError
    }
}
