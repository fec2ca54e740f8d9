import AuspexEngine
import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals
import AuspexStore
import AuspexTesting
import Foundation
import Testing

@Suite struct SupportBundleTests {
    private static let secret = "hunter2-S3cr3t"

    /// An engine's data and configuration with secrets in every place that may have one.
    private func place() async throws -> (folder: TemporaryDirectory, sources: SupportBundle.Sources) {
        let folder = try TemporaryDirectory()
        let data = folder.path + "/data"
        let store = try Store(directory: data, clock: SystemWallClock())
        let journal = SQLiteRunJournal(store: store)
        let (run, commits) = try failed(RunSamples.record(id: "r1"), because: "exit 1: password=\(Self.secret)-reason")
        let detail = JSONValue.object(["reason": .string("said \(Self.secret)-audit"), "runbook": .string("sample")])
        _ = try await journal.insert(run, audit: RunAudit(kind: "run.created", detail: detail))
        for commit in commits { try await journal.commit(commit) }
        try store.close()
        let token = try folder.file("token", "\(Self.secret)-file\n")
        let text = """
            # the old password was \(Self.secret)-comment
            data_dir: \(data)
            listen: 127.0.0.1:7070
            api: {token_file: '\(token)'}
            actions:
              channels: {ops: 'https://hooks.example.com/\(Self.secret)-channel'}
            answers: {webhook: {url: 'https://user:\(Self.secret)-user@ci.example.com/\(Self.secret)-path?x=1'}}
            """
        var sources = SupportBundle.Sources(
            dataDirectory: data, configuration: try folder.file("auspex.yaml", text),
            environment: [
                "AUSPEX_API__TOKEN": "\(Self.secret)-env", "DATABASE_PASSWORD": "\(Self.secret)-other", "HOME": "/root",
            ], version: "1.2.3", now: Timestamp(milliseconds: 0))
        sources.answers = [
            "server-metrics.txt": "auspex_series 3\n# \(Self.secret)-file and \(Self.secret)-env\n",
            "server-log.txt": "Authorization: Bearer \(Self.secret)-log\n",
        ]
        return (folder, sources)
    }

    /// The run, and the commits by which it is begun and then failed by its first step.
    private func failed(_ run: RunRecord, because reason: String) throws -> (run: RunRecord, commits: [RunCommit]) {
        let now = RunSamples.moment(0)
        var state = try RunState(run)
        var commits: [RunCommit] = []
        var queue = state.handle(.begin, now: now)
        while !queue.isEmpty {
            switch queue.removeFirst() {
            case .commit(let commit):
                commits.append(commit)
                queue += state.handle(.committed(revision: commit.record.revision), now: now)
            case .acquireLocks: queue += state.handle(.locks(.acquired), now: now)
            case .start(let order):
                let result = OperationResult(outcome: .failed, reason: reason, errorCode: "NonZeroExit", status: 1)
                queue += state.handle(.operationEnded(order.id, result), now: now)
            default: break
            }
        }
        return (run, commits)
    }

    @Test("it tells versions, sizes, failures and facts, in files with settled names")
    func contents() async throws {
        let (folder, sources) = try await place()
        let files = try await SupportBundle(sources).files()
        #expect(
            files.map(\.name) == [
                "audit.json", "configuration.json", "data-directory.json", "database.json", "environment.json",
                "failures.json", "host.json", "manifest.json", "server-log.txt", "server-metrics.txt", "version.json",
            ])
        func json(_ name: String) throws -> JSONValue {
            try JSONValue(parsing: Data(try #require(files.first { $0.name == name }).bytes))
        }
        #expect(try json("version.json")["auspex"] == .string("1.2.3"))
        let database = try json("database.json")
        #expect(database["integrity_check"] == .array([.string("ok")]))
        #expect(database["rows"]?["run"] == .int(1))
        #expect(database["schema"]?["missing"] == .array([]) && database["schema"]?["unknown"] == .array([]))
        let failure = try #require(try json("failures.json").array?.first)
        #expect(failure["run"] == .string("r1") && failure["step"] == .string("steps/act"))
        #expect(
            failure["error"] == .string("NonZeroExit")
                && failure["reason"] == .string("exit 1: password=\(SecretMask.mask)"))
        let entry = try #require(try json("audit.json").array?.first)
        #expect(entry["kind"] == .string("run.created") && entry["detail"]?["runbook"] == .string("sample"))
        let configuration = try #require(try json("configuration.json").array?.first)
        #expect(configuration["listen"] == .string("127.0.0.1:7070"))
        #expect(configuration["answers"]?["webhook"]?["url"] == .string("https://ci.example.com/\(SecretMask.mask)"))
        #expect(configuration["actions"]?["channels"]?["ops"] == .string(SecretMask.mask))
        #expect(try json("environment.json").object?.keys.sorted() == ["AUSPEX_API__TOKEN"])
        #expect(try json("host.json")["processors"]?.int ?? 0 > 0)
        #expect(try json("manifest.json").object?.count == files.count - 1)
        withExtendedLifetime(folder) {}
    }

    @Test("no secret is in it")
    func secrets() async throws {
        let (folder, sources) = try await place()
        for file in try await SupportBundle(sources).files() {
            let text = String(decoding: file.bytes, as: UTF8.self)
            #expect(!text.contains(Self.secret), "\(file.name): \(text)")
        }
        withExtendedLifetime(folder) {}
    }

    @Test("what cannot be found out is told in its place")
    func problems() async throws {
        let folder = try TemporaryDirectory()
        try folder.file("data/auspex.sqlite", "this is no database, but long enough to be read as one")
        let sources = SupportBundle.Sources(
            dataDirectory: folder.path + "/data", configuration: folder.path + "/none.yaml", environment: [:],
            version: "1", now: Timestamp(milliseconds: 0))
        let files = try await SupportBundle(sources).files()
        for name in ["configuration.json", "database.json"] {
            let file = try #require(files.first { $0.name == name })
            #expect(try JSONValue(parsing: Data(file.bytes))["problem"]?.string != nil, "\(name)")
        }
    }

    @Test("it looks into the database while an engine works on it, and leaves it as it is")
    func beside() async throws {
        let folder = try TemporaryDirectory()
        let store = try Store(directory: folder.path, clock: SystemWallClock())
        let inspection = try StoreInspection(directory: folder.path)
        #expect(try await inspection.summary()["rows"]?["engine"] == .int(1))
        try await AuditLog(store: store).append(
            kind: "x", runID: nil, detail: .null, at: Timestamp(milliseconds: 0))
        #expect(try await inspection.auditTail().count == 1)
        #expect(throws: StoreError.self) { try StoreInspection(directory: folder.path + "/none") }
        try store.close()
    }

    @Test("files with secrets are not even named, also behind links and under other names")
    func secretFiles() async throws {
        let (folder, sources) = try await place()
        let data = folder.path + "/data"
        try folder.file("data/password-of-the-database", "\(Self.secret)-in-data")
        try folder.file("data/own-variable", "\(Self.secret)-variable")
        try folder.file("data/notes", "harmless")
        let token = folder.path + "/token"
        try FileManager.default.createSymbolicLink(atPath: data + "/soft-token", withDestinationPath: token)
        try FileManager.default.linkItem(atPath: token, toPath: data + "/hard-token")
        var own = sources
        own.environment["AUSPEX_HOOKS__GITHUB_SECRET_FILE"] = data + "/own-variable"
        let path = try #require(own.configuration)
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try (text.replacing("actions:", with: "actions:\n  secrets: {DB: {file: '\(data)/password-of-the-database'}}"))
            .write(toFile: path, atomically: true, encoding: .utf8)
        let files = try await SupportBundle(own).files()
        let listing = try #require(files.first { $0.name == "data-directory.json" })
        let shown = String(decoding: listing.bytes, as: UTF8.self)
        #expect(shown.contains("notes") && shown.contains("auspex.sqlite"))
        for name in ["soft-token", "hard-token", "password-of-the-database", "own-variable"] {
            #expect(!shown.contains(name), "\(shown)")
        }
        withExtendedLifetime(folder) {}
    }
}
