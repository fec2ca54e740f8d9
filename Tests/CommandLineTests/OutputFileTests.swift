import AuspexTesting
import Foundation
import Testing

/// What is at the place of `-o FILE` after whatever may happen: the old file or all of the new one, and nothing else.
@Suite(.serialized, .timeLimit(.minutes(4))) struct OutputFileTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    private var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() }
    }

    @Test(
        "a signal in the midst of writing takes the unfinished file away and ends the program as signals do",
        arguments: ["INT", "TERM", "HUP"], ["old", ""])
    func signal(name: String, old: String) async throws {
        try folder.file("good.csv", "v\n1\n2\n1\n")
        if !old.isEmpty { try folder.file("out", old) }
        // The rows of the first input are written while the second, a pipe that nobody fills, is waited for. A shell has
        // programs behind & ignore SIGINT; env undoes that.
        let outcome = try await Program.shell(
            """
            cd '\(folder.path)'; mkfifo p; exec 3<>p
            env --default-signal=INT "$0" score good.csv p --detector mad -o out & child=$!
            until ls out.*.part > /dev/null 2>&1; do kill -0 $child || exit 99; done
            kill -\(name) $child; wait $child; echo "code $?"
            """)
        let number = ["INT": 2, "TERM": 15, "HUP": 1][name] ?? 0
        #expect(outcome.output == "code \(128 + number)\n", "\(outcome)")
        #expect(try names == (old.isEmpty ? ["good.csv", "p"] : ["good.csv", "out", "p"]))
        if !old.isEmpty { #expect(folder.read("out") == old) }
    }

    @Test("a signal that whoever started the program wants to be ignored is ignored, as under nohup")
    func ignored() async throws {
        try folder.file("good.csv", "v\n1\n2\n1\n")
        let outcome = try await Program.shell(
            """
            cd '\(folder.path)'; mkfifo p; exec 3<>p; trap '' HUP
            "$0" score good.csv p --detector mad --format csv -o out 3>&- & child=$!
            until ls out.*.part > /dev/null 2>&1; do kill -0 $child || exit 99; done
            kill -HUP $child; printf 'v\\n5\\n' > p; exec 3>&-; wait $child; echo "code $?"
            """)
        #expect(outcome.output == "code 0\n", "\(outcome)")
        #expect(folder.read("out").split(separator: "\n").count == 4 + 2)
        #expect(try names == ["good.csv", "out", "p"])
    }

    @Test("an error in the midst of writing leaves the old file, and says what is in the way")
    func tooLarge() async throws {
        try folder.file("good.csv", "v\n" + (0..<20_000).map { "\($0 % 7)\n" }.joined())
        try folder.file("out", "old")
        // Counted in units of 512 bytes.
        let outcome = try await Program.shell(
            "cd '\(folder.path)'; ulimit -f 100; \"$0\" score good.csv good.csv --detector mad -o out")
        #expect(
            outcome.code == 3 && outcome.error == "auspex: --output out: cannot be written: File too large\n",
            "\(outcome)")
        #expect(try names == ["good.csv", "out"])
        #expect(folder.read("out") == "old")
    }

    @Test("an input that fails after others were written leaves all of those, and nothing unfinished")
    func lateFailure() async throws {
        let good = try folder.file("good.csv", "v\n1\n2\n1\n")
        let outcome = try await Program.run(
            ["score", good, folder.path + "/none", "--detector", "mad", "--format", "csv", "-o", folder.path + "/out"])
        #expect(outcome.code == 3, "\(outcome)")
        #expect(folder.read("out").split(separator: "\n").count == 4)
        #expect(try names == ["good.csv", "out"])
    }

    @Test("nobody who reads what is said, or the rows, is no reason to leave anything behind")
    func closedPipes() async throws {
        try folder.file("good.csv", "v\n" + (0..<20_000).map { "\($0 % 7)\n" }.joined())
        // Of a pipe without a reader for what is said the file is finished all the same; rows that nobody reads end the work.
        let outcome = try await Program.shell(
            """
            cd '\(folder.path)'
            { "$0" score good.csv none --detector mad -o out; echo "code $?" >&3; } 3>code 2>&1 | true
            { "$0" score good.csv good.csv --detector mad --format csv; echo "code $?" >&3; } 3>rows | head -n 1
            """)
        #expect(outcome.output == "index,v,score,p_value,anomaly,expected,lower,upper\n", "\(outcome)")
        #expect(folder.read("code") == "code 3\n" && folder.read("rows") == "code 141\n")
        #expect(folder.read("out").split(separator: "\n").count == 20_001)
        #expect(try names == ["code", "good.csv", "out", "rows"])
    }

    @Test("a pipe as the output whose reader leaves is an error")
    func outputPipe() async throws {
        try folder.file("good.csv", "v\n" + (0..<40_000).map { "\($0 % 7)\n" }.joined())
        let outcome = try await Program.shell(
            """
            cd '\(folder.path)'; mkfifo p; head -n 1 p > first &
            "$0" score good.csv --detector mad --format csv -o p; echo "code $?"; wait
            """)
        #expect(
            outcome.output == "code 3\n" && outcome.error.contains("p: cannot be written: Broken pipe"), "\(outcome)")
        #expect(try names == ["first", "good.csv", "p"])
    }

    @Test("a new file has the modes of the old one, and the usual ones where there is none")
    func modes() async throws {
        try folder.file("good.csv", "v\n1\n2\n1\n")
        let old = try folder.file("out", "old")
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: old)
        let outcome = try await Program.shell(
            """
            cd '\(folder.path)'; umask 027; "$0" score good.csv --detector mad -o out
            "$0" score good.csv --detector mad -o new; stat -c '%a %n' out new
            """)
        #expect(outcome.output == "640 out\n640 new\n" && outcome.code == 0, "\(outcome)")
        #expect(folder.read("out") == folder.read("new"))
    }

    @Test("a folder that is not there, or a folder itself, is told before any input is read")
    func places() async throws {
        let out = folder.path + "/a/b/out"
        try await Call(
            "score", "nofile", "-o", out, code: 3,
            error: ["--output \(out): the folder \(folder.path)/a/b is not there; make it first"]
        ).check()
        try await Call("score", "nofile", "-o", folder.path, code: 3, error: ["is a folder; name a file in it"]).check()
        #expect(try names.isEmpty)
    }

    @Test("a report that is interrupted leaves nothing either")
    func report() async throws {
        let path = try folder.file("detector", "#!/bin/sh\necho $$ > '\(folder.path)/pid'\nsleep 60\n")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        let outcome = try await Program.shell(
            """
            cd '\(folder.path)'; mkfifo pid; printf 'v\\n1\\n' > in
            "$0" score in --detector "exec:'\(path)'" --report r.html & read child < pid; kill -TERM $!; wait $!
            echo "code $?"
            """)
        #expect(outcome.output == "code 143\n", "\(outcome)")
        #expect(try names == ["detector", "in", "pid"])
    }
}
