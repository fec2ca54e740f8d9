import AuspexChanges
import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexStore

@Suite struct QuestionStoreTests {
    private func withStore(_ body: (SQLiteQuestionStore, Store) async throws -> Void) async throws {
        let directory = try TemporaryDirectory()
        defer { withExtendedLifetime(directory) {} }
        let store = try Store(directory: directory.path, clock: StoppedClock(moment: noon))
        try await body(SQLiteQuestionStore(store: store), store)
    }

    private func asked(_ id: String) -> AskedQuestion {
        AskedQuestion(DeploymentQuestion(id: id, service: "shop"), at: noon, wait: .minutes(10))
    }

    /// The replies to two systems that are due at noon.
    private func due(_ store: SQLiteQuestionStore, limit: Int) async throws -> [ReplyDestination.System: [String]] {
        try await store.dueReplies(to: [.cdEvents, .webhook], at: noon, limit: limit).mapValues { $0.map(\.id) }
    }

    private func reply(
        _ id: String, lane: String = "l", isProgress: Bool = false, to destination: ReplyDestination = .cdEvents
    ) -> Reply {
        Reply(
            id: id, question: "q", lane: lane, destination: destination, body: .object(["n": .string(id)]),
            isProgress: isProgress, at: noon)
    }

    @Test("a question is taken once, also of a thousand at a time, and its replies with it")
    func once() async throws {
        try await withStore { questions, _ in
            let first = asked("q")
            let replies = [reply("r")]
            let taken = try await withThrowingTaskGroup(of: QuestionIntake.self) { group in
                for _ in 0..<1_000 {
                    group.addTask { try await questions.insert(first, replies: replies, most: 10) }
                }
                var taken = 0
                for try await intake in group where intake == .taken { taken += 1 }
                return taken
            }
            #expect(taken == 1)
            #expect(try await questions.openQuestions(limit: 10) == [first])
            #expect(try await questions.waitingReplies(limit: 10) == replies)
        }
    }

    @Test("beyond the bound a new question is refused, a known one is still known, and an answered one makes room")
    func full() async throws {
        try await withStore { questions, _ in
            var first = asked("a")
            #expect(try await questions.insert(first, replies: [], most: 1) == .taken)
            #expect(try await questions.insert(asked("b"), replies: [reply("r")], most: 1) == .full)
            #expect(try await questions.waitingReplies(limit: 10).isEmpty)
            #expect(try await questions.insert(first, replies: [], most: 1) == .known)
            first.settlement = AskedQuestion.Settlement(verdict: .pass, mayGoOn: true, at: noon)
            try await questions.save(first, replies: [])
            #expect(try await questions.insert(asked("b"), replies: [], most: 1) == .taken)
            #expect(try await questions.dueQuestions(at: noon, limit: 10) == ["b"])
            #expect(try await questions.counts() == (1, 0))
        }
    }

    @Test("of a lane only the first reply is due, and an answer makes progress before it pointless")
    func lanes() async throws {
        try await withStore { questions, _ in
            let question = asked("q")
            _ = try await questions.insert(question, replies: [reply("p1", isProgress: true)], most: 10)
            try await questions.save(
                question, replies: [reply("p2", isProgress: true), reply("final"), reply("other", lane: "m")])
            #expect(try await due(questions, limit: 10) == [.cdEvents: ["p2", "other"], .webhook: []])
            #expect(try await questions.reply(id: "p1")?.state == .superseded)
            // The report in front of the answer fails: it does not hold the answer up.
            var report = try #require(try await questions.reply(id: "p2"))
            report.fail("down", retryAfter: .hours(1), at: noon)
            #expect(try await questions.save(report, at: noon).state == .superseded)
            #expect(try await due(questions, limit: 1) == [.cdEvents: ["final"], .webhook: []])
        }
    }

    @Test("what the receiver calls its record is known to the next reply of the lane")
    func remoteID() async throws {
        try await withStore { questions, _ in
            _ = try await questions.insert(asked("q"), replies: [reply("r1"), reply("r2")], most: 10)
            #expect(try await questions.remoteID(inLane: "l") == nil)
            var first = try #require(try await questions.reply(id: "r1"))
            first.arrive(as: "42")
            _ = try await questions.save(first, at: noon)
            #expect(try await questions.remoteID(inLane: "l") == "42")
            #expect(try await due(questions, limit: 10) == [.cdEvents: ["r2"], .webhook: []])
        }
    }

    @Test("an answer and a reply that is given up stand in the audit, which is whole")
    func auditing() async throws {
        try await withStore { questions, store in
            var question = asked("q")
            _ = try await questions.insert(question, replies: [reply("r")], most: 10)
            question.settlement = AskedQuestion.Settlement(verdict: .fail, mayGoOn: false, at: noon)
            try await questions.save(question, replies: [])
            var refused = try #require(try await questions.reply(id: "r"))
            refused.refuse("status 404")
            _ = try await questions.save(refused, at: noon)
            let audit = AuditLog(store: store)
            try await audit.verify()
            let entries = try await audit.entries()
            #expect(entries.map(\.kind) == ["question.answered", "reply.given_up"])
            #expect(entries.last?.detail["reason"]?.string == "status 404")
            #expect(try await questions.waitingReplies(limit: 10).isEmpty)
        }
    }

    @Test("news is kept once and only as far as there is room")
    func news() async throws {
        try await withStore { questions, _ in
            var isKept: [Bool] = []
            for (news, most) in [([reply("a")], 1), ([reply("b")], 1), ([reply("a"), reply("a")], 3)] {
                isKept.append(try await questions.insert(news, most: most))
            }
            #expect(isKept == [true, false, true])
            #expect(try await questions.waitingReplies(limit: 10).map(\.id) == ["a"])
        }
    }

    @Test("old questions that are answered and old replies that are done with are removed, the others stay")
    func retention() async throws {
        try await withStore { questions, store in
            var answered = asked("a")
            _ = try await questions.insert(answered, replies: [reply("r1"), reply("r2")], most: 10)
            _ = try await questions.insert(asked("open"), replies: [], most: 10)
            answered.settlement = AskedQuestion.Settlement(verdict: .pass, mayGoOn: true, at: noon)
            try await questions.save(answered, replies: [])
            var sent = try #require(try await questions.reply(id: "r1"))
            sent.arrive(as: nil)
            _ = try await questions.save(sent, at: noon)
            #expect(try await store.removeRecords(before: noon) == 0)
            #expect(try await store.removeRecords(before: noon + .hours(1)) == 2)
            #expect(try await questions.question(id: "a") == nil)
            #expect(try await questions.openQuestions(limit: 10).map(\.question.id) == ["open"])
            #expect(try await questions.replies(to: "q").map(\.id) == ["r2"])
        }
    }
}
