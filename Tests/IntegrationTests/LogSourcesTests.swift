import AuspexEngine
import AuspexSignals
import AuspexStore
import AuspexTesting
import Foundation
import Subprocess
import SystemPackage
import Testing

/// An engine in a process of its own that follows files and listens for syslog.
private struct LogEngine {
    let directory = try? TemporaryDirectory()
    let http: HTTP
    let syslogPort: Int

    init() throws {
        http = HTTP(port: try freePort())
        syslogPort = try freePort()
        let directory = try #require(self.directory)
        try directory.file(
            "auspex.yaml",
            """
            listen: 127.0.0.1:\(http.port)
            data_dir: data
            rules: [rules]
            detection: {checkpoint_every: 1h}
            logs:
              syslog: {udp: 127.0.0.1:\(syslogPort), tcp: 127.0.0.1:\(syslogPort)}
              poll_every: 100ms
              files: [{paths: ["\(directory.path)/logs/*.log"], read_existing: true}]
            """)
        try directory.file(
            "rules/end.yaml",
            """
            kind: rule
            id: all-is-read
            title: The last line has been read
            owner: tests
            status: experimental
            severity: info
            when:
              line: {source: log, where: 'line.body == "the end"', keep_firing_for: 1h}
            tests: []
            """)
        try directory.file("logs/app.log", "")
    }

    func start() async throws -> Daemon {
        let engine = try await Daemon(
            "auspex", Programs.auspex, ["serve", "--config", "auspex.yaml"], in: try #require(directory).path)
        _ = try await eventually("the engine is ready") {
            try await http.get("/readyz").status == 200 ? true : nil
        }
        return engine
    }

    func append(_ lines: [String]) throws {
        let path = try #require(directory).path + "/logs/app.log"
        if !FileManager.default.fileExists(atPath: path) {
            _ = FileManager.default.createFile(atPath: path, contents: nil)
        }
        let handle = try FileHandle(forWritingTo: URL(filePath: path))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(lines.map { $0 + "\n" }.joined().utf8))
        try handle.close()
    }

    func metric(_ name: String) async throws -> Int {
        let lines = try await http.get("/metrics").text.split(separator: "\n")
        return lines.first { $0.hasPrefix(name + " ") }.flatMap { Int($0.dropFirst(name.count + 1)) } ?? 0
    }

    /// All records that were stored since the first start. No engine may run.
    func records() async throws -> [LogRecord] {
        let clock = SystemWallClock()
        let store = try Store(directory: try #require(directory).path + "/data", clock: clock)
        let entries = try await SignalLog(store: store, clock: clock).read(after: 0, limit: .max, bytes: .max)
        try store.close()
        return try entries.flatMap { entry -> [LogRecord] in
            guard case .signals(let batch) = try BusMessage(bytes: entry.payload) else { return [] }
            return batch.logs
        }
    }
}

@Suite("Sources of logs", .serialized) struct LogSourcesTests {
    @Test("an engine that is killed again and again has each line of a file once", .timeLimit(.minutes(3)))
    func files() async throws {
        let site = try LogEngine()
        var expected: [String] = []
        for round in 1...4 {
            let lines = (0..<500).map { "round \(round) line \($0)" }
            try site.append(lines)
            expected += lines
            let engine = try await site.start()
            _ = try await eventually("something is read") {
                try await site.metric("auspex_log_file_bytes_read_total") > 0 ? true : nil
            }
            let more = (0..<500).map { "round \(round) more \($0)" }
            try site.append(more)
            expected += more
            // In the middle of whatever it does.
            await engine.stop(SIGKILL)
        }
        try site.append(["the end"])
        let engine = try await site.start()
        _ = try await eventually("the last line is read") {
            try await site.http.get("/api/v1/alerts").json.array?.isEmpty == false ? true : nil
        }
        await engine.stop(SIGKILL)
        #expect(try await site.records().map(\.body) == expected + ["the end"])
    }

    private static let logger = "/usr/bin/logger"

    @Test(
        "what util-linux' logger sends arrives, in all its forms", .timeLimit(.minutes(2)),
        .enabled(if: FileManager.default.isExecutableFile(atPath: logger), "needs logger, of bsdutils"))
    func syslog() async throws {
        let site = try LogEngine()
        let engine = try await site.start()
        let forms = [
            ["--tcp", "--rfc5424"], ["--tcp", "--octet-count", "--rfc5424"], ["--tcp", "--rfc3164"],
            ["--udp", "--rfc5424"], ["--udp", "--rfc3164"],
        ]
        for (number, form) in forms.enumerated() {
            let arguments =
                ["--server", "127.0.0.1", "--port", "\(site.syslogPort)", "--tag", "shop", "--priority", "local4.err"]
                + form + ["message \(number)"]
            _ = try await Subprocess.run(
                .path(FilePath(Self.logger)), arguments: Arguments(arguments), output: .discarded, error: .discarded)
        }
        _ = try await eventually("all have arrived") {
            try await site.metric("auspex_log_records_received_total") >= forms.count ? true : nil
        }
        await engine.stop(SIGKILL)
        let records = try await site.records().sorted { $0.body < $1.body }
        #expect(records.map(\.body) == forms.indices.map { "message \($0)" })
        #expect(records.allSatisfy { $0.severity == "ERROR" && $0.attributes["service"] == "shop" })
        #expect(records.allSatisfy { $0.attributes["syslog.facility"] == "local4" })
        #expect(records.allSatisfy { abs(($0.time - SystemWallClock().now()).milliseconds) < 600_000 })
    }
}
