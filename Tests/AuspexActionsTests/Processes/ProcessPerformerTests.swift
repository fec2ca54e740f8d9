import AuspexActions
import AuspexRunbooks
import AuspexSignals
import Foundation
import Testing

/// Commands through the real helper.
@Suite(.timeLimit(.minutes(1))) struct ProcessPerformerTests {
    private func order(
        _ argv: [String], effect: Effect = .idempotent, timeout: TimeSpan = .seconds(30), run: String = "r1",
        input: String? = nil
    ) -> OperationOrder {
        OperationOrder(
            id: OperationID(run: run, path: "steps/act", attempt: 1),
            operation: .run(Command(argv: argv, input: input)), effect: effect, idempotencyKey: "key-1",
            timeout: timeout)
    }

    @Test("arguments arrive as they are, whatever a shell would make of them")
    func argumentsAreData() async throws {
        let site = try TestSite()
        let hostile = ["$(touch canary)", "`touch canary`", "; touch canary", "a\nb", "*", "../x", "'\"", "ä €"]
        let result = await site.performer(["/usr/bin/printf"])
            .perform(order(["/usr/bin/printf", "[%s]"] + hostile), .silent)
        #expect(result.outcome == .succeeded, "\(result)")
        #expect(result.output.text == hostile.map { "[\($0)]" }.joined())
        #expect(!FileManager.default.fileExists(atPath: site.path + "/canary"))
    }

    @Test("a program that is not on the list is not started")
    func allowList() async throws {
        let site = try TestSite()
        let result = await site.performer(["/usr/bin/printf"]).perform(
            order(["/usr/bin/touch", site.path + "/x"]), .silent)
        #expect(result.outcome == .failed && result.errorCode == "NotStarted")
        #expect(!FileManager.default.fileExists(atPath: site.path + "/x"))
    }

    @Test("exit codes, standard error, input and the declared environment are what the program saw")
    func results() async throws {
        let site = try TestSite()
        let program = try site.program("cat; echo problem >&2; echo \"$AUSPEX_IDEMPOTENCY_KEY $HOME\"; exit 3")
        let result = await site.performer([program]).perform(order([program], input: "given\n"), .silent)
        #expect(result.outcome == .failed && result.status == 3 && result.errorCode == "NonZeroExit")
        #expect(result.output.text == "given\nkey-1 \n")
        #expect(result.errorOutput.text == "problem\n")
    }

    @Test("when its time is over the whole tree is ended, also a child that hides and does not listen")
    func timeout() async throws {
        let site = try TestSite()
        let program = try site.program(
            "trap '' TERM\nsetsid \(site.path)/hidden &\necho started\nwhile :; do sleep 1; done")
        _ = try site.program("trap '' TERM\necho $$ > \(site.path)/pid\nwhile :; do sleep 1; done", name: "hidden")
        let result = await site.performer([program], grace: .seconds(1))
            .perform(order([program], timeout: .seconds(2)), .silent)
        #expect(result.outcome == .timedOut, "\(result)")
        // It is killed before the step ends; who takes it off the table of processes does so when it can.
        let child = try site.pid()
        try await TestSite.wait { kill(child, 0) == -1 }
    }

    @Test("a grandchild that keeps the output open does not hold the step up")
    func heldOutput() async throws {
        let site = try TestSite()
        let program = try site.program("sleep 30 &\necho $! > \(site.path)/pid\necho done")
        let result = await site.performer([program]).perform(order([program], timeout: .seconds(60)), .silent)
        #expect(result.outcome == .succeeded && result.output.text == "done\n")
        let grandchild = try site.pid()
        #expect(kill(grandchild, 0) == 0, "the step waited for the grandchild")
        kill(grandchild, SIGKILL)
    }

    @Test("after a restart the result of a command that has ended is found, and one that never began never will")
    func locating() async throws {
        let site = try TestSite()
        let performer = site.performer(["/usr/bin/printf"])
        let began = order(["/usr/bin/printf", "x"], effect: .once, run: "r1")
        _ = await performer.perform(began, .silent)
        guard case .finished(let result) = await performer.locate(began) else {
            Issue.record("the result was not found")
            return
        }
        #expect(result.outcome == .succeeded && result.output.text == "x")

        let never = order(["/usr/bin/printf", "x"], effect: .once, run: "r2")
        #expect(await performer.locate(never) == .notStarted)
        let late = await performer.perform(never, .silent)
        #expect(late.outcome == .failed, "an operation that was given up began after all")
    }
}
