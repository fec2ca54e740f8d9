import AuspexActions
import AuspexEngine
import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Foundation
import HTTPTypes
import HummingbirdTesting
import Logging
import NIOCore
import Synchronization
import Testing

/// Secrets in every place in which one can stand, and then a look at everything that an engine says and keeps.
@Suite(.timeLimit(.minutes(3))) struct SecretLeakTests {
    private static let database = "s3cr3t/of+the \"database\" of the shop"
    private static let token = "t0ken.of-the_service"

    /// Ways in which the secrets might get out.
    private static let needles: [String] = {
        [database, token].flatMap { secret in
            let data = Data(secret.utf8)
            return [
                secret, String(data.base64EncodedString().prefix(16)), data.map { String(format: "%02x", $0) }.joined(),
                secret.replacing("\"", with: "\\\""),
            ]
        } + ["s3cr3t%2Fof", Data("ann:\(database)".utf8).base64EncodedString()]
    }()

    /// Log lines, as they would be written.
    private final class LogLines: Sendable {
        private let lines = Mutex<[String]>([])

        var all: [String] { lines.withLock { $0 } }

        func append(_ line: String) { lines.withLock { $0.append(line) } }
    }

    private struct Handler: LogHandler {
        let lines: LogLines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) { lines.append("\(event.message) \(event.metadata ?? [:])") }
    }

    private static func runbooks(program: String, port: Int) -> String {
        """
        kind: runbook
        id: works
        version: 1
        title: All that can hold a secret
        owner: o
        secrets: [DB, TOKEN]
        steps:
          - id: command
            run: {argv: [\(program), '0'], env: {DB: '${secret.DB}', DSN: 'p=${secret.DB}'}, stdin: '${secret.TOKEN}'}
            effect: idempotent
          - id: bearer
            http: {method: GET, url: 'http://127.0.0.1:\(port)/', auth: {bearer: TOKEN}, headers: {X-Key: 'k${secret.DB}'}}
            effect: read
          - id: basic
            http: {method: POST, url: 'http://127.0.0.1:\(port)/', auth: {basic: {user: ann, password: DB}}}
            effect: once
          - id: wait
            wait:
              operation: {run: {argv: [\(program), '0'], env: {DB: '${secret.DB}'}}}
              delay: 100ms
              max_attempts: 2
              acceptors: [{state: success, matcher: status, expected: 0}]
          - {id: tell, notify: {channel: ops, message: done}}
        verify: {readings: {up: {metric: up}}, where: 'size(up) > 0', for: 1s, within: 1m, every: 1s}
        ---
        kind: runbook
        id: fails
        version: 1
        title: A command that complains
        owner: o
        secrets: [DB]
        steps: [{id: act, run: {argv: [\(program), '3'], env: {DB: '${secret.DB}'}}, effect: once}]
        on_failure:
          - {id: again, run: {argv: [\(program), '4'], env: {DB: '${secret.DB}'}}, effect: read, continue_on_error: true}
        always: [{id: tell, notify: {channel: ops, message: done}}]
        verify: {alerts_clear: [{rule: none}], for: 1s, within: 2s}
        ---
        kind: runbook
        id: hangs
        version: 1
        title: A command without end
        owner: o
        secrets: [DB]
        steps: [{id: act, run: {argv: [\(program), hang], env: {DB: '${secret.DB}'}}, effect: idempotent}]
        verify: {alerts_clear: [{rule: none}], for: 1s, within: 2s}
        ---
        kind: runbook
        id: asks
        version: 1
        title: A request whose fate nobody knows
        owner: o
        secrets: [DB, TOKEN]
        steps:
          - id: act
            http: {method: POST, url: 'http://127.0.0.1:\(port)/hangup', auth: {bearer: TOKEN}}
            effect: once
            probe: {run: {argv: [\(program), '5'], env: {DB: '${secret.DB}'}}, says_done: 'stdout == "no such thing" || exit > 7'}
        verify: {alerts_clear: [{rule: none}], for: 1s, within: 2s}
        """
    }

    private static let program = """
        #!/bin/sh
        printf '%s' "$DB"; echo; printf 'ann:%s' "$DB" | base64; printf '%s' "$DB" | od -An -v -tx1 | tr -d ' \\n'
        cat; echo "no $DB $DSN" >&2
        [ "$1" = hang ] && exec sleep 1000
        exit "$1"
        """

    private static let helper = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: ".build/debug/auspex-exec").path

    /// A folder with the program, the runbooks and a file with a secret.
    private static func site(_ port: Int) throws -> (folder: TemporaryDirectory, program: String, secret: String) {
        let folder = try TemporaryDirectory()
        let program = try folder.file("program", Self.program)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
        let secret = try folder.file("secret", database + "\n")
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: secret)
        try folder.file("runbooks/all.yaml", runbooks(program: program, port: port))
        return (folder, program, secret)
    }

    @Test("no secret is in the journal, the audit, an answer, a notice or a log line, however a run goes")
    func everything() async throws {
        let server = try LoopbackServer(
            .by { $0.hasPrefix("POST /hangup") ? .hangUp : LoopbackServer.ok($0, headers: "X-Echo: yes\r\n") })
        let channel = try LoopbackServer(LoopbackServer.ok(""))
        let (folder, program, secret) = try Self.site(server.port)
        let store = try folder.file("store", "#!/bin/sh\necho '\(Self.token)'\n")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: store)
        let lines = LogLines()
        let logger = Logger(label: "test") { _ in Handler(lines: lines) }
        let answers = Mutex<[String]>([])
        let data = folder.path + "/data"
        try await withServer(
            {
                $0.dataDirectory = data
                $0.runbookPaths = [folder.path + "/runbooks"]
                $0.actions.helper = Self.helper
                $0.actions.executables = [program]
                $0.actions.httpHosts = ["127.0.0.1:\(server.port)"]
                $0.actions.secrets = ["DB": .file(secret), "TOKEN": .command([store], timeout: .seconds(30))]
                $0.actions.channels = ["ops": Secret("http://127.0.0.1:\(channel.port)/hook")]
                $0.actions.noticeChannel = "ops"
            }, logger: logger
        ) { client, engine in
            func ask(_ path: String, _ body: String? = nil) async throws -> JSONValue {
                let answer = try await client.executeRequest(
                    uri: path, method: body == nil ? .get : .post, headers: [.contentType: "application/json"],
                    body: body.map { ByteBuffer(string: $0) })
                answers.withLock { $0.append(answer.text) }
                return answer.json
            }
            func start(_ id: String) async throws -> String {
                let plan = try Planner.plan(try #require(engine.desk.runbooks[id]), parameters: [:])
                answers.withLock { $0 += [plan.text, plan.canonicalText] }
                let wish = #"{"runbook":"\#(id)","by":"ada","planHash":"\#(plan.hash)"}"#
                return try #require(try await ask("/api/v1/runs", wish)["id"]?.string)
            }
            func wait(_ id: String, for statuses: Set<String>) async throws {
                try await eventually {
                    let sample = Sample(time: engine.clock.now(), value: 1)
                    try await engine.ingest(
                        SignalBatch(series: [SeriesSamples(labels: Labels(["__name__": "up"]), samples: [sample])]))
                    try await Task.sleep(for: .milliseconds(20))
                    return statuses.contains(try await ask("/api/v1/runs/\(id)")["status"]?.string ?? "")
                }
            }
            let works = try await start("works")
            try await wait(works, for: ["verified", "failed"])
            #expect(try await engine.desk.run(works).status == .verified)
            let fails = try await start("fails")
            try await wait(fails, for: ["failed"])
            let hangs = try await start("hangs")
            try await wait(hangs, for: ["running"])
            try await eventually {
                let steps = try await ask("/api/v1/runs/\(hangs)")["steps"]?.array ?? []
                return steps.first?["process"] != nil || steps.first?["state"]?.string == "intent"
            }
            _ = try await ask("/api/v1/runs/\(hangs)/cancel", #"{"by":"ada","reason":"enough"}"#)
            try await wait(hangs, for: ["cancelled"])
            let asks = try await start("asks")
            try await wait(asks, for: ["needs_decision", "failed", "verified"])
            _ = try await ask("/api/v1/runs/\(asks)/decide", #"{"by":"ada","decision":"give_up"}"#)
            try await wait(asks, for: ["failed", "cancelled"])
            for path in ["runs", "audit?limit=1000", "approvals", "runbooks", "pause"] {
                _ = try await ask("/api/v1/\(path)")
            }
            for path in ["/metrics", "/healthz", "/readyz"] { _ = try await ask(path) }
            let shown = try await engine.desk.run(works).steps.compactMap { $0.result?.output.text }.joined()
            #expect(shown.contains(SecretMask.mask) && shown.contains("X-Key: k"), "\(shown)")
        }
        #expect(server.requests.contains { $0.contains("Bearer \(Self.token)") && $0.contains("k" + Self.database) })
        #expect(server.requests.contains { $0.contains("Basic ") })
        #expect(!channel.requests.isEmpty && lines.all.count > 3)
        for needle in Self.needles {
            for text in answers.withLock({ $0 }) + lines.all + channel.requests {
                #expect(!text.contains(needle), "\(needle) in \(text.prefix(2_000))")
            }
            for (name, bytes) in try Self.files(of: data) {
                #expect(bytes.range(of: Data(needle.utf8)) == nil, "\(needle) in \(name)")
            }
        }
    }

    /// Everything that is kept, but for the outputs of commands, which only the engine's user may read.
    private static func files(of folder: String) throws -> [(String, Data)] {
        let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        let files = try names.compactMap { name -> (String, Data)? in
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: folder + "/" + name, isDirectory: &isFolder),
                !isFolder.boolValue
            else { return nil }
            let mode = try FileManager.default.attributesOfItem(atPath: folder + "/" + name)[.posixPermissions] as? Int
            if name.hasPrefix("spool/") {
                #expect((mode ?? 0o777) & 0o077 == 0, "\(name)")
                #expect(!name.hasSuffix("order.json"), "\(name)")
                return nil
            }
            return (name, try Data(contentsOf: URL(filePath: folder + "/" + name)))
        }
        #expect(
            files.contains { $0.1.range(of: Data("A command that complains".utf8)) != nil }, "the journal is not there")
        return files
    }
}
