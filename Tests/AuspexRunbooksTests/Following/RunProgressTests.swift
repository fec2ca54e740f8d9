import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals
import Testing

@Suite struct RunProgressTests {
    /// The records of a run as they are stored, one after the other.
    private func records(of plan: Plan, mode: RunMode = .auto, _ result: OperationResult) throws -> [RunRecord] {
        let first = RunSamples.record(id: "r1", plan: plan, mode: mode)
        var state = try RunState(first)
        var records = [first]
        var queue = state.handle(.begin, now: RunSamples.moment(0))
        while !queue.isEmpty {
            let answer: RunEvent? =
                switch queue.removeFirst() {
                case .commit(let commit): .committed(revision: commit.record.revision)
                case .acquireLocks: .locks(.acquired)
                case .start(let order): .operationEnded(order.id, result)
                case .observe(_, let path): .unobservable(problem: "nobody looks", path: path)
                default: nil
                }
            records.append(state.record)
            if let answer { queue += state.handle(answer, now: RunSamples.moment(1_000)) }
        }
        return records + [state.record]
    }

    private let output = OperationResult(
        outcome: .failed, reason: "exit 7", errorCode: "NonZeroExit", status: 7,
        output: CapturedText(head: "\u{1b}[31mno\n"))

    @Test("a failed run tells its beginning, its step with what came of it, and its end, each once")
    func failed() throws {
        var progress = RunProgress()
        let changes = try records(of: RunSamples.plan(), output).flatMap { progress.changes(in: $0) }
        #expect(changes.map(\.kind) == [.status, .status, .stepBegan, .stepEnded, .ended])
        #expect(changes.map { $0.data["status"]?.string }.prefix(2) == ["planned", "running"])
        let ended = changes[3]
        #expect(ended.step == "steps/act" && ended.data["status"] == .int(7) && ended.data["attempt"] == .int(1))
        #expect(ended.data["errorCode"] == .string("NonZeroExit"))
        #expect(changes[4].data["reason"] == .string("steps/act: exit 7"))
        #expect(changes.allSatisfy { $0.run == "r1" })
    }

    @Test("who looks only at the end is told of every attempt all the same")
    func lateLook() throws {
        var progress = RunProgress()
        let last = try #require(try records(of: RunSamples.plan(), output).last)
        #expect(progress.changes(in: last).map(\.kind) == [.stepBegan, .stepEnded, .ended])
        #expect(progress.changes(in: last).isEmpty)
    }

    @Test("a run runs before its first step does, however late the look, and verifies after its last")
    func order() throws {
        var state = try RunState(RunSamples.record(id: "r1", plan: RunSamples.plan()))
        var queue = state.handle(.begin, now: RunSamples.moment(0))
        var (time, looks): (Int64, [RunRecord]) = (0, [])
        while !queue.isEmpty {
            time += 1_000
            let answer: RunEvent? =
                switch queue.removeFirst() {
                case .commit(let commit): .committed(revision: commit.record.revision)
                case .acquireLocks: .locks(.acquired)
                case .start(let order): .operationEnded(order.id, OperationResult(outcome: .succeeded, status: 0))
                default: nil
                }
            if case .operationEnded = answer { looks.append(state.record) }
            if let answer { queue += state.handle(answer, now: RunSamples.moment(time)) }
        }
        var progress = RunProgress()
        let changes = (looks + [state.record]).flatMap { progress.changes(in: $0) }
        #expect(changes.map(\.kind) == [.status, .stepBegan, .stepEnded, .status, .stepBegan])
        #expect(changes.map(\.time) == changes.map(\.time).sorted())
    }

    @Test("a question is told with its step, an approval with the plan's hash")
    func questions() throws {
        var progress = RunProgress()
        let success = OperationResult(outcome: .succeeded, status: 0)
        let asked = try records(of: RunSamples.plan(), success).flatMap { progress.changes(in: $0) }
        let question = try #require(asked.first { $0.kind == .question })
        #expect(question.step == "verify")
        #expect(question.data["question"]?.string?.hasPrefix("nobody looks; ") == true)
        progress = RunProgress()
        let waiting = try records(of: RunSamples.plan(), mode: .approve, success)
        let approval = try #require(waiting.flatMap { progress.changes(in: $0) }.first { $0.kind == .question })
        #expect(approval.step == nil && approval.data["planHash"]?.string == waiting[0].planHash)
    }

    @Test("a line is one JSON object with ts, run, step, type and data, whatever a program has written")
    func line() throws {
        var progress = RunProgress()
        for change in try records(of: RunSamples.plan(), output).flatMap({ progress.changes(in: $0) }) {
            let members = try #require(try JSONValue(parsing: change.line).object)
            #expect(Set(members.keys) == ["ts", "run", "step", "type", "data"])
            #expect(members["ts"]?.string.flatMap(Timestamp.init(iso8601:)) == change.time)
            #expect(!change.line.unicodeScalars.contains { $0.value < 0x20 })
        }
    }
}
