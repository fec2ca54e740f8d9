import AuspexSignals
import AuspexTesting
import Foundation
import Testing

/// Programs as detectors, from the command line.
@Suite(.serialized, .timeLimit(.minutes(2))) struct ExternalDetectorTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    private func program(_ text: String) throws -> String {
        let path = try folder.file("detect or", "#!/bin/sh\n" + text)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        return path
    }

    @Test("score runs a program with its arguments and shows its remarks")
    func score() async throws {
        let path = try program("echo \"{\\\"note\\\":\\\"got $1\\\"}\"; yes '{\"score\":2,\"expected\":7}' | head -n 3")
        let outcome = try await Program.run(
            ["score", "-", "--detector", "exec:'\(path)' 'a b'", "--format", "csv"], input: "value\n1\n2\n3\n")
        #expect(outcome.code == 0, "\(outcome)")
        #expect(outcome.error == "-: got a b\n")
        #expect(
            outcome.output.split(separator: "\n").dropFirst().allSatisfy { $0.hasSuffix(",2,1,0,7,7,7") }, "\(outcome)")
    }

    @Test("what goes wrong is told, with exit code 3")
    func fault() async throws {
        let path = try program("echo 'Traceback' >&2; exit 5")
        try await Call(
            "score", "-", "--detector", "exec:'\(path)'", input: "a\n1\n", code: 3,
            error: ["detector 'exec:'\(path)'': ended with exit code 5", "Traceback"]
        ).check()
        try await Call("score", "-", "--detector", "exec:", input: "a\n1\n", code: 3, error: ["program is missing"])
            .check()
    }

    @Test("evaluate gives a program's failure a row, and the other detectors theirs")
    func evaluate() async throws {
        let path = try program("exit 5")
        let rows = (0..<300).map { "\($0 % 3 + ($0 == 200 ? 90 : 0)),\($0 == 200 ? 1 : 0)" }
        let file = try folder.file("a.csv", "value,label\n" + rows.joined(separator: "\n") + "\n")
        let outcome = try await Program.run(
            ["evaluate", file, "--format", "json", "--detector", "mad", "--detector", "exec:'\(path)'"])
        #expect(outcome.code == 0, "\(outcome)")
        let results = try #require(try JSONValue(parsing: outcome.output)["results"]?.array)
        #expect(results[0]["vus_pr"]?.double != nil)
        #expect(results[1]["error"]?.string?.contains("ended with exit code 5") == true)
    }

    @Test("serve refuses programs")
    func serve() async throws {
        try await Call(
            "serve", "--check", environment: ["AUSPEX_DETECTION__DETECTOR": "exec:./d"], code: 3,
            error: ["detection.detector: detector 'exec' needs the whole table and cannot run over a stream"]
        ).check()
    }

    @Test("whoever ends the command ends the program")
    func interrupted() async throws {
        let path = try program("echo $$ > '\(folder.path)/pid'; sleep 60")
        let outcome = try await Program.shell(
            """
            cd '\(folder.path)'; mkfifo pid; printf 'v\\n1\\n' > in
            "$0" score in --detector "exec:'\(path)'" & read child < pid; kill -TERM $!; wait $!; echo "code $?"
            kill -0 $child 2>/dev/null && ps -o stat= -p $child
            true
            """)
        let words = outcome.output.split(whereSeparator: \.isWhitespace)
        #expect(words.starts(with: ["code", "143"]), "\(outcome)")
        // Gone, or dead and not yet cleared away.
        #expect(words.count == 2 || words.last?.hasPrefix("Z") == true, "\(outcome)")
    }
}
