import AuspexDocuments
import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@Suite struct WaiterFileTests {
    static let file = """
        {"version": 2, "waiters": {"Ready": {"operation": "DescribeThing", "delay": 3, "maxAttempts": 7,
          "description": "until it is ready", "acceptors": [
            {"state": "success", "matcher": "path", "argument": "Thing.State", "expected": "READY",
             "description": "it is there"},
            {"state": "failure", "matcher": "error", "expected": "Gone"}]}}}
        """

    private func runbook(_ wait: String, file: String) throws -> Runbook {
        let text = """
            kind: runbook
            id: r
            version: 1
            title: t
            owner: o
            steps:
              - id: ready
                wait:
                  operation: {run: {argv: [/usr/bin/thing, describe]}}
                  \(wait)
            verify: {alerts_clear: [a], for: 1m, within: 2m}
            """
        return try #require(try RunbookLoader.load(text: text, file: file).first)
    }

    private func waiter(_ wait: String, in folder: TemporaryDirectory) throws -> Waiter {
        let step = try runbook(wait, file: folder.path + "/r.yaml").steps[0]
        guard case .wait(_, let waiter, _) = step.action else { throw CocoaError(.featureUnsupported) }
        return waiter
    }

    @Test("a waiter of a file is used as it is")
    func used() throws {
        let folder = try TemporaryDirectory()
        try folder.file("aws/waiters-2.json", Self.file)
        let waiter = try waiter("uses: 'aws/waiters-2.json#Ready'", in: folder)
        #expect(waiter.delay == .seconds(3) && waiter.maxAttempts == 7)
        #expect(waiter.acceptors.map(\.state) == [.success, .failure])
        #expect(waiter.name == "Ready (DescribeThing)")
        var loop = WaitLoop(waiter)
        loop.beginAttempt()
        let step = loop.step(Waiter.Response(body: .null, errorCode: "Gone"))
        #expect(
            step == .failure(reason: "waiter Ready (DescribeThing): acceptor 2 matched (failure: error == \"Gone\")"))
        #expect(waiter.acceptors[0].description == "success: path Thing.State == \"READY\": it is there")
    }

    @Test("its delay and attempts can be set where it is used")
    func overridden() throws {
        let folder = try TemporaryDirectory()
        try folder.file("w.json", Self.file)
        let waiter = try waiter("uses: 'w.json#Ready'\n      delay: 500ms\n      max_attempts: 2", in: folder)
        #expect(waiter.delay == TimeSpan(milliseconds: 500) && waiter.maxAttempts == 2)
    }

    /// What stands in a wait, and what is said of it.
    static let mistakes = [
        ("uses: 'w.json#Raedy'", "w.json has no waiter 'Raedy'; did you mean 'Ready'?"),
        ("uses: 'w.json'", "a file and a waiter in it"), ("uses: 'w.json#'", "a file and a waiter in it"),
        ("uses: '../w.json#Ready'", "without '.' and '..'"), ("uses: '/etc/passwd#x'", "without '.' and '..'"),
        ("uses: 'a//b#x'", "without '.' and '..'"), ("uses: 'none.json#x'", "cannot be read"),
        ("uses: 'out.json#Ready'", "leads out of the folder"),
        ("uses: 'there/w.json#Ready'", "leads out of the folder"),
        ("uses: 'bad.json#x'", "bad.json: not valid JSON"),
        ("uses: 'w.json#Ready'\n      acceptors: []", "'acceptors' comes from the file that 'uses' names"),
        ("uses: 'w.json#Ready'\n      delay: 1ms", "'delay' must be from"),
    ]

    @Test("a file that is not there, leads out or has another waiter is said with its place", arguments: mistakes)
    func mistake(wait: String, message: String) throws {
        let (folder, outside) = (try TemporaryDirectory(), try TemporaryDirectory())
        try folder.file("w.json", Self.file)
        try folder.file("bad.json", "{")
        try outside.file("w.json", Self.file)
        let files = FileManager.default
        try files.createSymbolicLink(
            atPath: folder.path + "/out.json", withDestinationPath: outside.path + "/w.json")
        try files.createSymbolicLink(atPath: folder.path + "/there", withDestinationPath: outside.path)
        let error = #expect(throws: DocumentError.self) { try runbook(wait, file: folder.path + "/r.yaml") }
        #expect(error?.description.contains(message) ?? false, "\(error?.description ?? "")")
        #expect(error?.description.contains("r.yaml:") ?? false)
    }

    @Test("a link that stays in the folder is followed")
    func linkInside() throws {
        let folder = try TemporaryDirectory()
        try folder.file("data/w.json", Self.file)
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/w.json", withDestinationPath: "data/w.json")
        #expect(try waiter("uses: 'w.json#Ready'", in: folder).maxAttempts == 7)
    }

    /// A change of the file, and what is said of it.
    static let broken = [
        ("\"version\": 2", "\"version\": 1", "'version' must be 2"),
        ("\"delay\": 3", "\"delay\": \"3\"", "Ready.delay"),
        ("\"maxAttempts\": 7", "\"maxAttempts\": 0", "Ready.maxAttempts"),
        ("\"success\"", "\"sucess\"", "acceptors[0].state"), ("\"path\"", "\"paht\"", "acceptors[0].matcher"),
        ("Thing.State", "Thing.[", "acceptors[0].argument"), ("\"Gone\"", "3", "acceptors[1].expected"),
        ("\"success\"", "\"retry\"", "could only fail"),
    ]

    @Test("what is wrong in a file is said with its place in it", arguments: broken)
    func brokenFile(from: String, to: String, message: String) {
        let error = #expect(throws: WaiterFile.Problem.self) {
            try WaiterFile(parsing: Self.file.replacing(from, with: to))
        }
        #expect(error?.description.contains(message) ?? false, "\(error?.description ?? "")")
    }

    @Test(
        "all of botocore's files are read as they are",
        .enabled(if: PublicData.here.isExpected("conformance/botocore-waiters"), "\(PublicData.hint)"))
    func catalogue() throws {
        let folder = try PublicData.here.url("conformance/botocore-waiters/raw").path
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        var waiters: [Waiter] = []
        for name in names {
            let text = try String(contentsOfFile: folder + "/" + name, encoding: .utf8)
            waiters += try WaiterFile(parsing: text).waiters.values
        }
        #expect(names.count == 191)
        #expect(waiters.count == 602)
        #expect(waiters.map(\.acceptors.count).reduce(0, +) == 1_581)
        #expect(waiters.allSatisfy { $0.name?.hasSuffix(")") ?? false })
    }
}
