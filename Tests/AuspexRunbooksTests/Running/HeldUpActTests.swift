import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals
import Foundation
import Testing

/// Acts that have to wait between the record that they begin and their beginning, and engines that die meanwhile.
@Suite struct HeldUpActTests {
    /// A run whose one step sends a request, as far as it goes without an answer.
    private struct Course {
        var state: RunState
        var stored: RunRecord
        var started: [OperationOrder] = []
        var located: [OperationID] = []
        var audit: [String] = []
        /// Whether a person makes the run wait while it is written down that its act begins.
        var holdsAtIntent = false

        init(_ effect: Effect, undo: [Plan.Step] = []) throws {
            let request = Operation.http(Request(method: "POST", url: "http://127.0.0.1/act"))
            var step = Plan.Step(id: "act", action: .operation(request), effect: effect)
            step.undo = undo
            stored = RunSamples.record(id: "r1", plan: RunSamples.plan(steps: [step]))
            state = try RunState(stored)
            follow(state.handle(.begin, now: RunSamples.moment(0)))
        }

        mutating func follow(_ actions: [RunAction]) {
            var queue = actions
            while !queue.isEmpty {
                let now = RunSamples.moment(0)
                switch queue.removeFirst() {
                case .commit(let commit):
                    stored = commit.record
                    if holdsAtIntent, commit.kind == .intent {
                        queue += state.handle(.hold(by: "ann", reason: "look"), now: now)
                    }
                    audit.append("\(commit.audit.kind) \(commit.kind.rawValue)")
                    queue += state.handle(.committed(revision: commit.record.revision), now: now)
                case .acquireLocks: queue += state.handle(.locks(.acquired), now: now)
                case .start(let order): started.append(order)
                case .locate(let order):
                    located.append(order.id)
                    queue += state.handle(.located(order.id, .unknown), now: now)
                default: break
                }
            }
        }

        mutating func say(_ event: RunEvent) { follow(state.handle(event, now: RunSamples.moment(0))) }

        /// Another engine takes up what is stored.
        mutating func restart() throws {
            state = try RunState(stored)
            follow(state.recover(now: RunSamples.moment(0)))
        }

        var attempt: StepRecord? { stored.lastAttempt(at: "steps/act") }
    }

    @Test(
        "an act that waits is not begun after a restart, is asked about nowhere, and begins",
        arguments: [Effect.once, .idempotent])
    func waiting(effect: Effect) throws {
        var course = try Course(effect)
        let first = try #require(course.started.first)
        course.say(.heldUp(first.id, isWaiting: true))
        #expect(course.audit.last == "run.step.waiting gate")
        #expect(course.attempt?.isHeldUp == true && course.stored.firstChangeAt == nil)
        let count = course.audit.count
        course.say(.heldUp(first.id, isWaiting: true))
        #expect(course.audit.count == count, "it is written down once")
        try course.restart()
        #expect(course.located.isEmpty && course.stored.questions.isEmpty)
        #expect(course.started.map(\.id.attempt) == [1, 2])
        #expect(course.started[1].idempotencyKey == first.idempotencyKey)
        #expect(course.stored.steps[0].neverBegan == true && course.stored.steps[0].isHeldUp == nil)
    }

    @Test(
        "an act that waited and has passed is one of which nobody knows, as any other",
        arguments: [Effect.once, .idempotent])
    func passed(effect: Effect) throws {
        var course = try Course(effect)
        let first = try #require(course.started.first)
        course.say(.heldUp(first.id, isWaiting: true))
        course.say(.heldUp(first.id, isWaiting: false))
        #expect(course.audit.last == "run.step.passed gate")
        try course.restart()
        #expect(course.located == [first.id])
        #expect(course.stored.status == (effect == .once ? .needsDecision : .running))
        #expect(course.started.count == (effect == .once ? 1 : 2))
    }

    @Test("what waited when its run was stopped over a restart was never done, so nothing is taken back")
    func stopped() throws {
        var course = try Course(.idempotent, undo: [RunSamples.step("take-back")])
        let first = try #require(course.started.first)
        course.say(.heldUp(first.id, isWaiting: true))
        course.say(.cancel(by: "ann", reason: "enough"))
        try course.restart()
        #expect(course.located.isEmpty && course.started.count == 1)
        #expect(course.attempt?.state == .cancelled && course.attempt?.neverBegan == true)
        #expect(course.stored.status == .cancelled)
    }

    @Test("an act that a hold kept from beginning is not begun after a restart, and begins when the hold ends")
    func held() throws {
        var course = try Course(.once)
        course.stored = RunSamples.record(id: "r1", plan: course.stored.plan)
        course.state = try RunState(course.stored)
        course.started = []
        course.holdsAtIntent = true
        course.follow(course.state.handle(.begin, now: RunSamples.moment(0)))
        #expect(course.started.isEmpty && course.stored.hold != nil && course.attempt?.isHeldUp == true)
        course.holdsAtIntent = false
        try course.restart()
        #expect(course.started.isEmpty)
        course.say(.resume(by: "ann"))
        #expect(course.located.isEmpty && course.started.map(\.id.attempt) == [2])
        #expect(course.stored.questions.isEmpty)
    }

    @Test("nothing is written down of what only reads, or is not under way")
    func ignored() throws {
        var course = try Course(.read)
        let first = try #require(course.started.first)
        let count = course.audit.count
        course.say(.heldUp(first.id, isWaiting: true))
        #expect(course.audit.count == count)
        var other = try Course(.once)
        let act = try #require(other.started.first)
        other.say(.operationEnded(act.id, OperationResult(outcome: .succeeded, status: 0)))
        let then = other.audit.count
        other.say(.heldUp(act.id, isWaiting: true))
        #expect(other.audit.count == then)
    }

    @Test("a record of an older engine has no act that waits, and one that waits is read as it was written")
    func coding() throws {
        var course = try Course(.once)
        let first = try #require(course.started.first)
        func text() throws -> String { String(decoding: try JSONEncoder().encode(course.stored), as: UTF8.self) }
        #expect(try !text().contains("isHeldUp"))
        course.say(.heldUp(first.id, isWaiting: true))
        #expect(try text().contains(#""isHeldUp":true"#))
        #expect(try JSONDecoder().decode(RunRecord.self, from: Data(try text().utf8)) == course.stored)
    }
}
