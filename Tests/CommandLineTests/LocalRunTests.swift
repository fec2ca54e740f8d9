import AuspexSignals
import AuspexTesting
import Foundation
import Testing

/// Runs of one person on one machine, step by step, with answers from a script in the person's place.
@Suite(.serialized, .timeLimit(.minutes(5))) struct LocalRunTests {
    @Test("each step is done when it is let, and a person verifies what no detector can")
    func steps() async throws {
        let site = try LocalSite()
        let outcome = try await site.run("step", "st", "s", "step", "done", "step")
        #expect(outcome.code == 0, "\(outcome)")
        #expect(site.made == ["one", "two", "three", "last"])
        #expect(outcome.output.contains("status   verified\n"))
        #expect(outcome.error.contains("next: steps/two: run [\"/usr/bin/touch\","))
        #expect(outcome.error.contains("[effect once]"))
        #expect(outcome.error.contains("'s' may mean step, skip"))
        #expect(outcome.error.contains("there are no detectors here; does what step verify asks for hold?"))
        let decided = try await site.audit().first { $0["kind"]?.string == "run.decided" }
        #expect(decided?["detail"]?["by"]?.string == "ann")
    }

    @Test("a step that is skipped is not done, and the journal says so")
    func skip() async throws {
        let site = try LocalSite()
        let outcome = try await site.run("step", "skip", "step", "done", "step")
        #expect(outcome.code == 0, "\(outcome)")
        #expect(site.made == ["one", "three", "last"])
        #expect(outcome.output.contains("left out by ann at the terminal"))
        let skipped = try await site.audit().first { $0["kind"]?.string == "run.step.skipped" }
        #expect(skipped?["detail"]?["path"]?.string == "steps/two")
        #expect(skipped?["detail"]?["by"]?.string == "ann")
    }

    @Test(
        "an abort, and an end of the answers, stop the run; its end steps are done without a word",
        arguments: [["step", "abort"], ["step"]])
    func abort(answers: [String]) async throws {
        let site = try LocalSite()
        let outcome = try await Program.run(
            try await site.arguments("--debug"), input: answers.map { $0 + "\n" }.joined())
        #expect(outcome.code == 1, "\(outcome)")
        #expect(site.made == ["one", "last"])
        #expect(outcome.output.contains("status   cancelled: ann: aborted at the terminal\n"))
    }

    @Test("a word that is none is answered with those that are")
    func unknownWord() async throws {
        let site = try LocalSite()
        let outcome = try await site.run("retry", "", "abort")
        #expect(outcome.code == 1, "\(outcome)")
        #expect(outcome.error.contains("'retry' is none of step, skip, abort"))
        #expect(outcome.error.contains("'' is none of step, skip, abort"))
        #expect(site.made == ["last"])
    }

    private static let failing = """
        steps:
          - {id: one, run: {argv: [/usr/bin/touch, DIR/no/one]}, effect: EFFECT}
          - {id: two, run: {argv: [/usr/bin/touch, DIR/two]}, effect: idempotent}
        """

    @Test("what has failed may be done again, unless it may happen at most once")
    func retry() async throws {
        let site = try LocalSite(Self.failing.replacing("EFFECT", with: "idempotent"))
        let outcome = try await site.run("step", "retry", "proceed")
        #expect(outcome.code == 1, "\(outcome)")
        #expect(outcome.error.contains("failed: steps/one: exit 1"))
        #expect(outcome.error.contains("  retry    do it again"))
        #expect(outcome.output.contains("status   failed: steps/one: exit 1"))
        #expect(try await site.audit().contains { $0["kind"]?.string == "run.step.repeated" })

        let once = try LocalSite(Self.failing.replacing("EFFECT", with: "once"))
        let refused = try await once.run("step", "retry", "proceed")
        #expect(refused.code == 1, "\(refused)")
        #expect(refused.error.contains("'retry' is none of proceed, abort"))
    }

    @Test("without a person a run that nobody can verify stays open, is not begun beside, and can be taken up")
    func staysOpen() async throws {
        let site = try LocalSite()
        let outcome = try await site.run(options: [])
        #expect(outcome.code == 3, "\(outcome)")
        #expect(site.made == ["one", "two", "three"])
        #expect(outcome.output.contains("status    needs_decision\n"))
        let run = try #require(outcome.output.firstMatch(of: /next: auspex runbook resume (\S+) --data/)?.1)
        let second = try await site.run(options: [])
        #expect(second.code == 3 && second.error.contains("run \(run) of make is open"), "\(second)")
        let resumed = try await Program.run(
            ["runbook", "resume", String(run), "--data", site.data, "--config", site.config, "--format", "json"])
        #expect(resumed.code == 3, "\(resumed)")
        #expect(try JSONValue(parsing: resumed.output)["question"]?["path"]?.string == "verify")
    }

    @Test("a run that was cut off is taken up step by step as it was begun, its secrets unseen")
    func resumedByStep() async throws {
        let site = try LocalSite(
            """
            steps:
              - {id: one, run: {argv: [/usr/bin/touch, DIR/one]}, effect: idempotent}
              - {id: two, run: {argv: [/usr/bin/touch, DIR/two, 'DIR/${word}']}, effect: once}
              - {id: three, run: {argv: [/usr/bin/touch, DIR/three]}, effect: idempotent}
            """)
        let run = try await site.die(at: "before-spawn:2", "step")
        #expect(site.made == ["one"])
        let outcome = try await site.resume(run, "skip", "step", "done")
        #expect(outcome.code == 0, "\(outcome)")
        #expect(site.made == ["one", "three"])
        #expect(outcome.error.contains("next: steps/two: run") && outcome.error.contains("[effect once]"))
        #expect(!outcome.error.contains("hunter22"))
        #expect(!outcome.error.contains("next: steps/one"))
        let skipped = try await site.audit().first { $0["kind"]?.string == "run.step.skipped" }
        #expect(skipped?["detail"]?["by"]?.string == "ann")
    }

    /// Fails when it is called for the first time.
    private static let second = """
        steps: [{id: try, run: {argv: [DIR/try]}, effect: idempotent}]
        """

    @Test(
        "a step that was done again when the run was cut off has ended as it did the last time",
        arguments: [[], ["--debug"]])
    func interruptedRetry(options: [String]) async throws {
        let site = try LocalSite(Self.second, executables: "DIR/try")
        try site.program("try", "[ -e DIR/one ] && echo twice && exit 0; touch DIR/one; echo once; exit 1")
        let run = try await site.die(at: "after-exit:1", "step", "retry")
        let outcome = try await site.resume(run, options: options + ["--format", "json"])
        #expect(outcome.code == 3, "\(outcome)")
        let record = try JSONValue(parsing: outcome.output)
        let step = record["steps"]?.array?.first { $0["path"]?.string == "steps/try" }
        #expect(step?["state"]?.string == "done")
        #expect(step?["result"]?["output"]?["head"]?.string == "twice\n")
        #expect(record["question"]?["path"]?.string == "verify")
    }

    @Test("what a step prints that is done again is told from its beginning")
    func outputOfRetry() async throws {
        let site = try LocalSite(Self.second, executables: "DIR/try")
        try site.program(
            "try",
            """
            [ ! -e DIR/one ] || echo twice
            [ -e DIR/one ] || { touch DIR/one; echo the first time; again=no; }
            while [ ! -e DIR/go ]; do sleep 0.02; done
            rm DIR/go
            [ "$again" != no ]
            """)
        try site.folder.file("answers", "step\nretry\n")
        let arguments = try await site.arguments("--debug", "--machine-readable").map { "'\($0)'" }
            .joined(separator: " ")
        let outcome = try await Program.shell(
            """
            cd '\(site.folder.path)' || exit 98
            "$0" \(arguments) <answers >lines & run=$!
            for text in 'the first time' twice; do
                until grep -q "$text" lines; do kill -0 $run || exit 99; sleep 0.02; done
                touch go
            done
            wait $run; code=$?; cat lines; exit $code
            """)
        #expect(outcome.code == 3, "\(outcome)")
        let lines = try outcome.output.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
        let told = lines.filter { $0["type"]?.string == "step.output" }.compactMap { $0["data"]?["text"]?.string }
        #expect(told == ["the first time\n", "twice\n"])
    }

    @Test("programs read a line of JSON for each thing that happens, and nothing else; no secret is in it")
    func machineReadable() async throws {
        let site = try LocalSite(
            """
            steps: [{id: say, run: {argv: [/usr/bin/printf, 'a\\033[31m\\n%s', '${word}']}, effect: read}]
            """, executables: "/usr/bin/printf")
        let outcome = try await site.run(options: ["--machine-readable"])
        #expect(outcome.code == 3, "\(outcome)")
        #expect(!outcome.output.contains("hunter22") && !outcome.output.contains("\u{1b}"))
        let lines = try outcome.output.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
        for line in lines {
            #expect(Set(line.object?.keys ?? [:].keys) == ["ts", "run", "step", "type", "data"])
        }
        let types = lines.compactMap { $0["type"]?.string }
        #expect(types.last == "run.question")
        #expect(types.filter { $0.hasPrefix("step.ended") }.count == 1)
        let ended = lines.first { $0["type"]?.string == "step.ended" }
        #expect(ended?["step"]?.string == "steps/say")
        #expect(ended?["data"]?["output"]?.string == "a\u{1b}[31m\n******")
    }

    @Test("a program that the configuration does not list is not run, and the reason says what to list")
    func notAllowed() async throws {
        let site = try LocalSite(executables: "/usr/bin/true")
        let outcome = try await site.run(options: [])
        #expect(outcome.code == 1, "\(outcome)")
        #expect(outcome.output.contains("actions.executables"))
        #expect(site.made.isEmpty)
    }

    @Test("a signal stops the run, which does what it does at the end")
    func interrupted() async throws {
        let site = try LocalSite(
            """
            steps:
              - {id: one, run: {argv: [/usr/bin/touch, DIR/one]}, effect: idempotent}
              - {id: wait, run: {argv: [/usr/bin/sleep, '1000']}, effect: idempotent, timeout: 1h}
            always:
              - {id: last, run: {argv: [/usr/bin/touch, DIR/last]}, effect: idempotent}
            """, executables: "/usr/bin/touch, /usr/bin/sleep")
        let arguments = try await site.arguments().map { "'\($0)'" }.joined(separator: " ")
        let outcome = try await Program.shell(
            """
            "$0" \(arguments) & run=$!
            until [ -e '\(site.folder.path)/one' ]; do kill -0 $run || exit 99; sleep 0.05; done
            kill -TERM $run; wait $run
            """)
        #expect(outcome.code == 1, "\(outcome)")
        #expect(site.made == ["one", "last"])
        #expect(outcome.output.contains("status   cancelled: ann: stopped at the terminal\n"))
    }

    @Test("what runs is what was read, and steps are asked about here only")
    func refusals() async throws {
        let site = try LocalSite()
        let wrong = try await Program.run(
            ["runbook", "run", site.file, "--plan", "0", "--data", site.data, "--config", site.config])
        #expect(wrong.code == 3)
        #expect(wrong.error.contains("the plan's hash is \(try await site.hash()), not 0"))
        #expect(!FileManager.default.fileExists(atPath: site.data))
        try await Call(
            "runbook", "run", site.file, "--plan", "0", "--debug", code: 2, error: ["--debug", "--data"]
        ).check()
        try await Call("runbook", "resume", "r1", "--debug", code: 2, error: ["--debug", "--data"]).check()
        try await Call(
            "runbook", "run", "make", "--plan", "0", "--data", site.data, code: 2, error: ["needs the runbook's file"]
        ).check()
    }
}
