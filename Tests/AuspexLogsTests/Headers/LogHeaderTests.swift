import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexLogs

@Suite struct LogHeaderTests {
    struct Case: Sendable {
        var line: String
        var message: String
        var time: String?
        var severity: LogSeverity?
        var component: String?

        init(
            _ line: String, _ message: String, time: String? = nil, _ severity: LogSeverity? = nil,
            component: String? = nil
        ) {
            self.line = line
            self.message = message
            self.time = time
            self.severity = severity
            self.component = component
        }
    }

    static let cases = [
        // The reference's six.
        Case(
            "2026-03-01T10:00:00.123Z INFO  web-1 api.gateway: request 8f14e45fceea167a5a36dedd4bea2543 took 12ms",
            "web-1 api.gateway: request 8f14e45fceea167a5a36dedd4bea2543 took 12ms", time: "2026-03-01T10:00:00.123Z",
            .info),
        Case(
            "<134>1 2026-03-01T10:00:01Z edge7 nginx 311 - - GET /health HTTP/1.1 200",
            "edge7 nginx 311 - - GET /health HTTP/1.1 200", time: "2026-03-01T10:00:01Z", .info),
        Case(
            "Mar  1 10:00:02 db01 postgres[4121]: checkpoint complete: wrote 312 buffers (1.9%)",
            "checkpoint complete: wrote 312 buffers (1.9%)", time: "2026-03-01T10:00:02Z",
            component: "postgres[4121]:"),
        Case(
            "[01/Mar/2026:10:00:03 +0000] \"POST /v1/orders?id=77 HTTP/2.0\" 503 17",
            "\"POST /v1/orders?id=77 HTTP/2.0\" 503 17", time: "2026-03-01T10:00:03Z"),
        Case(
            "2026-03-01 10:00:04,551 WARN [worker-3] com.acme.billing.Ledger: retry 2 of 5 for account 991-22",
            "retry 2 of 5 for account 991-22", time: "2026-03-01T10:00:04.551Z", .warn,
            component: "com.acme.billing.Ledger:"),
        Case("plain message without any header: value=3", "plain message without any header: value=3"),
        // What databases, web servers, containers and phones write.
        Case(
            "2026-03-01 10:00:04.551 UTC [4121] LOG:  checkpoint complete", "checkpoint complete",
            time: "2026-03-01T10:00:04.551Z", .info),
        Case(
            "2026-03-01 10:00:04.551 CET [4121] app@shop ERROR:  relation \"x\" does not exist",
            "relation \"x\" does not exist", time: "2026-03-01T10:00:04.551Z", .error),
        Case(
            "2026/03/01 10:00:00 [error] 311#311: *5 open() \"/x\" failed", "311#311: *5 open() \"/x\" failed",
            time: "2026-03-01T10:00:00Z", .error),
        Case(
            "10.0.0.1 - - [01/Mar/2026:10:00:03 +0200] \"GET / HTTP/1.1\" 200 17", "\"GET / HTTP/1.1\" 200 17",
            time: "2026-03-01T08:00:03Z"),
        Case(
            "[Sun Dec 04 04:47:44 2005] [notice] workerEnv.init() ok /etc/x", "workerEnv.init() ok /etc/x",
            time: "2005-12-04T04:47:44Z", .info),
        Case(
            "081109 203615 148 INFO dfs.DataNode: got block blk_1", "got block blk_1", time: "2008-11-09T20:36:15Z",
            .info, component: "dfs.DataNode:"),
        Case(
            "20171223-22:15:29:606|Step_LSC|30002312|onStandStepChanged 3579", "onStandStepChanged 3579",
            time: "2017-12-23T22:15:29.606Z", component: "Step_LSC"),
        Case("17/06/09 20:10:40 INFO storage.Disk: ready", "ready", .info, component: "storage.Disk:"),
        Case("1772359200 ERROR disk full", "disk full", time: "2026-03-01T10:00:00Z", .error),
        Case("1772359200123 disk full", "disk full", time: "2026-03-01T10:00:00.123Z"),
        Case("10:00:00 E/Activity: crashed", "crashed", .error, component: "Activity:"),
        Case("134681 gige7 gige temperature 1077804742 1 warning", "warning", time: "2004-02-26T14:12:22Z", .warn),
        Case(
            "134681 node-246 unix.hw state_change.up 1077804742 1 Component State Change: it is up",
            "Component State Change: it is up", time: "2004-02-26T14:12:22Z"),
        // Levels without a header stay in the message.
        Case("ERROR: disk full", "ERROR: disk full", .error),
        Case("[WARN] disk nearly full", "[WARN] disk nearly full", .warn),
        Case("level=error msg=\"disk full\"", "level=error msg=\"disk full\"", .error),
        Case("{\"ts\":1,\"level\":\"warn\",\"msg\":\"x\"}", "{\"ts\":1,\"level\":\"warn\",\"msg\":\"x\"}", .warn),
        Case("error correction finished", "error correction finished"),
        Case("", ""),
        Case("2026-03-01T10:00:00Z", "", time: "2026-03-01T10:00:00Z"),
    ]

    static let reference = Timestamp(iso8601: "2026-03-02T00:00:00Z")

    @Test("what stands before the message is found without being told the format", arguments: cases)
    func header(expected: Case) {
        let line = Array(expected.line.utf8)
        let header = LogHeader(of: line.span, reference: Self.reference)
        #expect(String(decoding: line[header.messageStart...], as: UTF8.self) == expected.message)
        #expect(header.time?.iso8601 == expected.time)
        #expect(header.severity == expected.severity)
        #expect(header.component.map { String(decoding: line[$0], as: UTF8.self) } == expected.component)
    }

    @Test("any bytes give a message inside the line", arguments: 0..<30)
    func hostileLines(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let alphabet = Array("0123456789:-/.,[]|<>()TZ +MarSunINFO=\"levl".utf8) + [0, 9, 0xff]
        for _ in 0..<300 {
            let line = generator.bytes(Int.random(in: 0..<50, using: &generator), from: alphabet)
            let header = LogHeader(of: line.span, reference: Self.reference)
            #expect((0...line.count).contains(header.messageStart), "\(line)")
        }
    }
}
