import AuspexSignals
import Testing

@testable import AuspexChanges

@Suite struct QuestionTests {
    private let noon = Timestamp(milliseconds: 1_772_366_400_000)

    @Test("a question is asked again at growing intervals, never after its time, and at its last moment")
    func waiting() {
        var asked = AskedQuestion(DeploymentQuestion(id: "q", service: "shop"), at: noon, wait: .minutes(10))
        var now = noon
        var pauses: [Int64] = []
        while true {
            asked.attempts += 1
            guard asked.wait(for: "risk", at: now) else { break }
            pauses.append((asked.nextAt - now).milliseconds / 1_000)
            now = asked.nextAt
        }
        #expect(Array(pauses.prefix(5)) == [5, 10, 20, 40, 60])
        #expect(pauses.dropFirst(4).dropLast().allSatisfy { $0 == 60 })
        #expect(pauses.reduce(0, +) == 600 && now == asked.deadline)
    }

    @Test("without time to wait the first answer is the last")
    func noWait() {
        var asked = AskedQuestion(DeploymentQuestion(id: "q", service: "shop"), at: noon, wait: .zero)
        let isAskedAgain = asked.wait(for: "risk", at: noon)
        #expect(!isAskedAgain)
    }

    private func reply(_ id: String = "r") -> Reply {
        Reply(id: id, question: nil, lane: "l", destination: .cdEvents, body: .null, at: noon)
    }

    @Test("a reply is tried again at growing intervals, half of each by chance, until its life is over")
    func backoff() {
        var reply = reply()
        var now = noon
        var whole: Int64 = 2_000
        while true {
            reply.fail("down", retryAfter: nil, at: now)
            guard reply.state == .waiting else { break }
            let pause = (reply.nextAt - now).milliseconds
            #expect((whole / 2...whole).contains(pause))
            whole = min(2 * whole, 300_000)
            now = reply.nextAt
        }
        #expect(reply.state == .givenUp && reply.lastError?.hasPrefix("down; given up after") == true)
        #expect(now <= reply.deadline && reply.deadline - now <= .minutes(5))
        // 24 hours in steps of 2.5 to 5 minutes.
        #expect((280...600).contains(reply.attempts))
    }

    @Test("replies that failed together are not tried together")
    func jitter() {
        let times = (0..<100).map { number in
            var reply = reply("r\(number)")
            for _ in 0..<8 { reply.fail("down", retryAfter: nil, at: noon) }
            return reply.nextAt
        }
        #expect(Set(times).count > 90)
    }

    @Test("a receiver's wish for a pause is followed, and beyond the reply's life ends it")
    func retryAfter() {
        var reply = reply()
        reply.fail("busy", retryAfter: .hours(1), at: noon)
        #expect(reply.nextAt == noon + .hours(1) && reply.state == .waiting)
        reply.fail("busy", retryAfter: .hours(24), at: reply.nextAt)
        #expect(reply.state == .givenUp)
        reply.reopen(at: noon + .hours(30))
        #expect(reply.state == .waiting && reply.deadline == noon + .hours(54))
        reply.fail("late", retryAfter: TimeSpan(milliseconds: .max), at: noon + .hours(30))
        #expect(reply.state == .givenUp)
    }

    @Test(
        "what the gate lacks is news when it is something else, not when a sample has grown older",
        arguments: [
            ("the newest sample of 'shop' is 11m30s old", "the newest sample of 'shop' is 12m old", false),
            ("the newest sample of 'shop' is 11m old", "risk: nothing is known", true), ("a; b", "a", true),
            ("score 12.5 of 100", "score 13 of 100", false), ("'a1' is down", "'a2' is down", true),
        ])
    func news(before: String, after: String, isNews: Bool) {
        var asked = AskedQuestion(DeploymentQuestion(id: "q", service: "shop"), at: noon, wait: .minutes(10))
        #expect(asked.isNews(before))
        _ = asked.wait(for: before, at: noon)
        #expect(asked.isNews(after) == isNews)
    }
}
