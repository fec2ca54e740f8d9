import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Crypto
import Foundation
import Testing

@testable import AuspexActions

@Suite(.timeLimit(.minutes(2))) struct CollectPerformerTests {
    private static let secret = "hunter2-S3cr3t"

    /// A place with an engine's data, logs that may be collected, and programs.
    private struct Place {
        let site: TestSite
        let programs: [String]

        init(_ programs: [String: String] = [:]) throws {
            let site = try TestSite()
            self.site = site
            self.programs = try programs.sorted { $0.key < $1.key }.map { try site.program($0.value, name: $0.key) }
            for folder in ["data", "logs", "other"] {
                try FileManager.default.createDirectory(
                    atPath: site.path + "/" + folder, withIntermediateDirectories: true)
            }
        }

        var logs: String { site.path + "/logs" }
        var bundles: EvidenceBundles { EvidenceBundles(dataDirectory: site.path + "/data") }

        func log(_ name: String, _ text: String) throws -> String {
            try text.write(toFile: logs + "/" + name, atomically: true, encoding: .utf8)
            return logs + "/" + name
        }

        func collect(
            _ collection: EvidenceCollection, run: String = "r1", timeout: TimeSpan = .seconds(60),
            control: OperationControl = .silent, hidden: HiddenTexts? = nil, secrets: [String: String] = [:]
        ) async -> OperationResult {
            let performer = CollectPerformer(
                processes: site.performer(programs), directories: [logs + "/"], bundles: bundles)
            let vault = SecretVault(
                ["DB": .variable("DB"), "TOKEN": .variable("TOKEN")], environment: secrets)
            return await SecretPerformer(performer, secrets: vault).perform(
                OperationOrder(
                    id: OperationID(run: run, path: "steps/evidence", attempt: 1), operation: .collect(collection),
                    effect: .read, idempotencyKey: "k", timeout: timeout, hidden: hidden), control)
        }

        func text(_ file: String?, run: String = "r1") throws -> String {
            let bytes = try bundles.contents(of: try #require(file), bundle: "steps_evidence", run: run)
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    @Test("outputs and files go into one bundle with a manifest, for the engine's user only")
    func bundle() async throws {
        let place = try Place(["say": "echo out; echo err >&2; exit 3", "list": "echo \"$1\""])
        let log = try place.log("app.log", "line 1\nline 2\n")
        let result = await place.collect(
            EvidenceCollection(
                commands: [Command(argv: ["say"]), Command(argv: ["list", "a b"])], files: [log], bundle: "disk"))
        #expect(result.outcome == .succeeded, "\(result)")
        #expect(result.json?["collected"] == .int(3) && result.json?["failed"] == .array([]))
        let bundle = try #require(place.bundles.bundles(of: "r1").first)
        #expect(bundle.name == "steps_evidence" && bundle.manifest.step == "steps/evidence")
        let parts = bundle.manifest.parts
        #expect(parts.map(\.file) == ["01-say.out", "02-say.err", "03-list.out", "04-app.log"])
        #expect(parts.map(\.source) == [.output, .errorOutput, .output, .file])
        #expect(parts[0].exit == 3 && parts[0].problem != nil && parts[2].problem == nil)
        #expect(try place.text(parts[0].file) == "out\n")
        #expect(try place.text(parts[1].file) == "err\n")
        #expect(try place.text(parts[2].file) == "a b\n")
        #expect(try place.text(parts[3].file) == "line 1\nline 2\n")
        let digest = SHA256.hash(data: Data("out\n".utf8)).map { String(UInt16($0) + 256, radix: 16).dropFirst() }
            .joined()
        #expect(parts[0].sha256 == digest && parts[0].bytes == 4)
        let directory = try #require(result.json?["directory"]?.string)
        for name in try FileManager.default.contentsOfDirectory(atPath: directory) {
            let mode = try FileManager.default.attributesOfItem(atPath: directory + "/" + name)[.posixPermissions]
            #expect(mode as? Int == 0o600, "\(name)")
        }
        let mode = try FileManager.default.attributesOfItem(atPath: directory)[.posixPermissions]
        #expect(mode as? Int == 0o700)
    }

    @Test("secrets are in no file of a bundle, nor in its manifest and the result")
    func redaction() async throws {
        let place = try Place(["env": "echo password=\(Self.secret); echo \"token: $1\" >&2"])
        let log = try place.log("app.log", "Authorization: Bearer \(Self.secret)\nid 1234-5678\n")
        let result = await place.collect(
            EvidenceCollection(
                commands: [Command(argv: ["env", "--password=\(Self.secret)"])], files: [log],
                patterns: ["[0-9]{4}-[0-9]{4}"], bundle: "token=\(Self.secret)"))
        #expect(result.outcome == .succeeded)
        #expect(!"\(result)".contains(Self.secret))
        let directory = try #require(result.json?["directory"]?.string)
        let names = try FileManager.default.contentsOfDirectory(atPath: directory)
        #expect(names.count == 4)
        for name in names {
            let text = try String(contentsOfFile: directory + "/" + name, encoding: .utf8)
            #expect(!text.contains(Self.secret) && !text.contains("1234-5678"), "\(name): \(text)")
        }
    }

    @Test(
        "the secrets and sensitive values of the run are in no file of a bundle, whatever is redacted",
        arguments: EvidenceCollection.Redaction.allCases)
    func secretsOfTheRun(redaction: EvidenceCollection.Redaction) async throws {
        let place = try Place(["say": "echo \"$1\" \"$2\"; printf %s \"$1\" | base64 >&2; exit 3"])
        let long = String(repeating: "x\n", count: 5_000)
        let log = try place.log("\(Self.secret).log", "\(Self.secret) t0ken-of-ann\n\(long) \(Self.secret)")
        let result = await place.collect(
            EvidenceCollection(
                commands: [Command(argv: ["say", Self.secret, "t0ken-of-ann"])], files: [log], maxBytes: 4_096,
                redaction: redaction, bundle: "b-\(Self.secret)"),
            hidden: HiddenTexts(secretNames: ["DB"], values: ["t0ken-of-ann"]), secrets: ["DB": Self.secret])
        #expect(result.outcome == .succeeded, "\(result)")
        let directory = try #require(result.json?["directory"]?.string)
        let names = try FileManager.default.contentsOfDirectory(atPath: directory)
        #expect(names.count == 4)
        let base64 = Data(Self.secret.utf8).base64EncodedString()
        for name in names {
            let text = try String(contentsOfFile: directory + "/" + name, encoding: .utf8) + name
            for form in [Self.secret, "t0ken-of-ann", String(base64.prefix(16))] {
                #expect(!text.contains(form), "\(name): \(text)")
            }
        }
    }

    @Test("nothing is collected when a secret of the run cannot be read, because nobody would know what to hide")
    func unknownSecret() async throws {
        let place = try Place()
        let log = try place.log("app.log", "x")
        let result = await place.collect(
            EvidenceCollection(files: [log], bundle: "b"), hidden: HiddenTexts(secretNames: ["DB"]))
        #expect(result.outcome == .failed && result.errorCode == "SecretNotAvailable", "\(result)")
        #expect(place.bundles.bundles(of: "r1").isEmpty)
    }

    @Test("a bundle has as much of a long output as it has room for")
    func longOutput() async throws {
        let place = try Place(["many": "seq 1 100000"])
        _ = await place.collect(
            EvidenceCollection(commands: [Command(argv: ["many"])], maxBytes: 1 << 20, bundle: "b"))
        let part = try #require(place.bundles.bundles(of: "r1").first?.manifest.parts.first)
        #expect(part.cut == 0 && part.bytes == 588_895)
    }

    @Test("with redact: none what was collected is as it was")
    func noRedaction() async throws {
        let place = try Place()
        let log = try place.log("app.log", "password=\(Self.secret)\n")
        _ = await place.collect(EvidenceCollection(files: [log], redaction: .none, bundle: "b"))
        #expect(try place.text("01-app.log") == "password=\(Self.secret)\n")
    }

    @Test("only regular files below the named directories are read, and no link is followed")
    func files() async throws {
        let place = try Place()
        let outside = place.site.path + "/other/secret"
        try "x".write(toFile: outside, atomically: true, encoding: .utf8)
        let files = FileManager.default
        let good = try place.log("good.log", "good\n")
        try files.createSymbolicLink(atPath: place.logs + "/link", withDestinationPath: outside)
        try files.createSymbolicLink(atPath: place.logs + "/folder", withDestinationPath: place.site.path + "/other")
        #expect(mkfifo(place.logs + "/pipe", 0o600) == 0)
        let bad = [
            outside, place.logs + "/link", place.logs + "/folder/secret", place.logs + "/pipe", place.logs + "/none",
            place.logs + "/../other/secret", place.logs, place.logs + "/good.log/x", "/etc/passwd", place.logs + "x",
        ]
        let result = await place.collect(EvidenceCollection(files: bad + [good], bundle: "b"))
        #expect(result.outcome == .succeeded && result.json?["collected"] == .int(1))
        #expect(result.json?["failed"]?.array?.count == bad.count)
        let parts = try #require(place.bundles.bundles(of: "r1").first).manifest.parts
        #expect(parts.filter { $0.file != nil }.map(\.what) == [good])
        #expect(parts.dropLast().allSatisfy { $0.problem != nil && $0.bytes == 0 })
    }

    @Test("when nothing can be collected the step fails, and the bundle says why")
    func nothing() async throws {
        let place = try Place()
        let result = await place.collect(
            EvidenceCollection(commands: [Command(argv: ["/no/such"])], files: ["/etc/passwd"], bundle: "b"))
        #expect(result.outcome == .failed && result.errorCode == "NothingCollected")
        #expect(place.bundles.bundles(of: "r1").first?.manifest.parts.count == 2)
    }

    @Test("a bundle stays within its bytes, keeps beginning and end, and shows the gap")
    func limits() async throws {
        let place = try Place(["many": "seq 1 100000"])
        let long = (1...200_000).map { "line \($0)" }.joined(separator: "\n") + "\n"
        let log = try place.log("app.log", long)
        let result = await place.collect(
            EvidenceCollection(commands: [Command(argv: ["many"])], files: [log], maxBytes: 100_000, bundle: "b"))
        #expect(result.outcome == .succeeded)
        let parts = try #require(place.bundles.bundles(of: "r1").first).manifest.parts
        let total = parts.map(\.bytes).reduce(0, +)
        #expect(total > 90_000 && total <= 100_000 + 200)
        #expect(parts.allSatisfy { $0.cut > 0 })
        let text = try place.text(parts[1].file)
        #expect(text.hasPrefix("line 1\n") && text.hasSuffix("line 200000\n") && text.contains(" bytes …]"))
        let output = try place.text(parts[0].file)
        #expect(output.hasPrefix("1\n") && output.hasSuffix("100000\n"))
    }

    @Test("a secret across the gap of a long file is not half shown")
    func secretAtTheGap() async throws {
        let place = try Place()
        let limit = 8_192
        // The gap falls into the secret: its name stands before, its end behind.
        let text =
            String(repeating: "a\n", count: 1_000) + "password=" + String(repeating: Self.secret, count: 1_000) + "\n"
            + String(repeating: "b\n", count: 1_000)
        let log = try place.log("app.log", text)
        _ = await place.collect(EvidenceCollection(files: [log], maxBytes: Int64(limit), bundle: "b"))
        let shown = try place.text("01-app.log")
        #expect(!shown.contains("S3cr3t") && shown.contains(" bytes …]") && shown.hasSuffix("b\n"))
    }

    @Test("what there is no time for is left out, and what was collected is kept")
    func time() async throws {
        let place = try Place(["fast": "echo fast", "hang": "exec sleep 600"])
        let commands = [Command(argv: ["fast"]), Command(argv: ["hang"]), Command(argv: ["fast"])]
        let result = await place.collect(
            EvidenceCollection(commands: commands, bundle: "b"), timeout: .seconds(2))
        #expect(result.outcome == .succeeded && result.json?["collected"] == .int(1), "\(result)")
        let parts = try #require(place.bundles.bundles(of: "r1").first).manifest.parts
        #expect(parts.last?.problem == "there was no time left")
    }

    @Test("a collection that is stopped keeps what it has")
    func stopped() async throws {
        let place = try Place(["fast": "echo fast", "hang": "echo $$ > \"$1\"; exec sleep 600"])
        let commands = [Command(argv: ["fast"]), Command(argv: ["hang", place.site.path + "/pid"])]
        let (stops, stop) = AsyncStream<Void>.makeStream()
        async let result = place.collect(
            EvidenceCollection(commands: commands, bundle: "b"), control: OperationControl(stops: stops))
        try await TestSite.wait { (try? place.site.pid()) != nil }
        stop.yield()
        #expect(await result.outcome == .cancelled)
        #expect(try place.text("01-fast.out") == "fast\n")
    }

    @Test("what a later attempt collects takes the place of what an earlier one did")
    func again() async throws {
        let place = try Place()
        for text in ["one\n", "two\n"] {
            let log = try place.log("app.log", text)
            _ = await place.collect(EvidenceCollection(files: [log], bundle: "b"))
        }
        #expect(place.bundles.bundles(of: "r1").count == 1)
        #expect(try place.text("01-app.log") == "two\n")
    }

    @Test("no name leads out of the bundles")
    func names() async throws {
        let place = try Place()
        let log = try place.log("app.log", "x")
        _ = await place.collect(EvidenceCollection(files: [log], bundle: "b"))
        let bundles = place.bundles
        for (run, bundle, file) in [
            ("..", "steps_evidence", "01-app.log"), ("r1", "..", "lock"), ("r1", "steps_evidence", "../x"),
            ("r1", "steps_evidence", "other"), ("r1/../r1", "steps_evidence", "01-app.log"), ("", "", ""),
        ] {
            #expect(throws: EvidenceBundles.Problem.self) { try bundles.contents(of: file, bundle: bundle, run: run) }
        }
        #expect(bundles.bundles(of: "..").isEmpty && bundles.bundles(of: "none").isEmpty)
        #expect(EvidenceBundles.name(of: "steps/a b/../c") == "steps_a_b_.._c")
        #expect(EvidenceBundles.name(of: ".x") == "_.x")
        #expect(EvidenceBundles.name(of: String(repeating: "x", count: 500)).utf8.count < 150)
    }

    @Test("bundles are tidied by age, and the oldest go when there are too many")
    func tidy() async throws {
        let place = try Place()
        let log = try place.log("app.log", "x")
        for run in ["r1", "r2", "r3"] {
            _ = await place.collect(EvidenceCollection(files: [log], bundle: "b"), run: run)
        }
        let now = SystemWallClock().now()
        place.bundles.tidy(keeping: [], before: now)
        #expect(!place.bundles.bundles(of: "r1").isEmpty)
        place.bundles.tidy(keeping: ["r2"], before: now + .hours(24 * 365))
        #expect(place.bundles.bundles(of: "r1").isEmpty && !place.bundles.bundles(of: "r2").isEmpty)
        for number in 0..<EvidenceBundles.mostRuns {
            try FileManager.default.createDirectory(
                atPath: place.bundles.root + "/old-\(number)", withIntermediateDirectories: true)
        }
        _ = await place.collect(EvidenceCollection(files: [log], bundle: "b"), run: "r4")
        let left = try FileManager.default.contentsOfDirectory(atPath: place.bundles.root)
        #expect(left.count == EvidenceBundles.mostRuns && left.contains("r4"))
    }

    @Test("a file with a secret of the configuration is not collected, by whatever name")
    func secretFiles() async throws {
        let place = try Place()
        let token = try place.log("token", Self.secret)
        let (hard, soft) = (place.logs + "/hard", place.logs + "/soft")
        try FileManager.default.linkItem(atPath: token, toPath: hard)
        try FileManager.default.createSymbolicLink(atPath: soft, withDestinationPath: token)
        let alias = place.site.path + "/other/alias"
        try FileManager.default.createSymbolicLink(atPath: alias, withDestinationPath: token)
        let log = try place.log("app.log", "line 1\n")
        for named in [token, alias] {
            let performer = CollectPerformer(
                processes: place.site.performer([]), directories: [place.logs],
                secretFiles: [place.site.path + "/absent", named], bundles: place.bundles)
            let result = await performer.perform(
                OperationOrder(
                    id: OperationID(run: "r1", path: "steps/evidence", attempt: 1),
                    operation: .collect(EvidenceCollection(files: [token, hard, soft, log], bundle: "all")),
                    effect: .read, idempotencyKey: "k", timeout: .seconds(60)), .silent)
            #expect(result.json?["collected"] == .int(1), "\(result)")
            let parts = try #require(place.bundles.bundles(of: "r1").first).manifest.parts
            for part in parts.prefix(2) { #expect(part.problem == "holds a secret of the configuration") }
            #expect(parts[2].problem?.contains("link") == true)
            #expect(try place.text(parts[3].file) == "line 1\n")
        }
    }
}
