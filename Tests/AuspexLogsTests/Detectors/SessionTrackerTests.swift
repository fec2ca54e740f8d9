import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexLogs

@Suite struct SessionTrackerTests {
    private func seconds(_ count: Int64) -> Timestamp { Timestamp(milliseconds: count * 1_000) }

    @Test("a session is over when it was idle for long enough")
    func idle() {
        var tracker = SessionTracker()
        #expect(tracker.update(TemplateID(1), session: "a", at: seconds(0)).isEmpty)
        #expect(tracker.update(TemplateID(2), session: "b", at: seconds(200)).isEmpty)
        #expect(tracker.update(TemplateID(3), session: "a", at: seconds(290)).isEmpty)
        let closed = tracker.update(TemplateID(1), session: "c", at: seconds(501))
        #expect(closed.map(\.id) == ["b"])
        let rest = tracker.advance(to: seconds(591))
        #expect(rest.map(\.id) == ["a"])
        #expect(rest[0].counts == CountVector([TemplateID(1), TemplateID(3)]))
        #expect(rest[0].start == seconds(0) && rest[0].end == seconds(290))
        #expect(
            rest[0].transitions == [
                TemplateTransition(from: nil, to: TemplateID(1)),
                TemplateTransition(from: TemplateID(1), to: TemplateID(3)),
                TemplateTransition(from: TemplateID(3), to: nil),
            ])
        #expect(tracker.close("c")?.counts.total == 1)
        #expect(tracker.close("c") == nil && tracker.finish().isEmpty)
    }

    @Test("open sessions are bounded, and what has to make room is counted and not given out")
    func bound() throws {
        var tracker = try SessionTracker(configuration: .init(maximumOpenSessions: 10, maximumTemplates: 4))
        for line in 0..<1_000 {
            #expect(tracker.update(TemplateID(UInt64(line)), session: "\(line)", at: seconds(0)).isEmpty)
        }
        #expect(tracker.openSessions == 10 && tracker.evictedSessions == 990)
        for line in 0..<100 { _ = tracker.update(TemplateID(UInt64(line)), session: "x", at: seconds(1)) }
        let closed = tracker.close("x")
        let session = try #require(closed)
        #expect(session.counts.templates.count == 5 && session.counts[CountVector.other] == 96)
    }

    @Test("long ids are told apart")
    func longIDs() {
        var tracker = SessionTracker()
        let stem = String(repeating: "é", count: 4_000)
        _ = tracker.update(TemplateID(1), session: stem + "1", at: seconds(0))
        _ = tracker.update(TemplateID(1), session: stem + "2", at: seconds(0))
        #expect(tracker.openSessions == 2)
        #expect(tracker.close(stem + "2").map { $0.id.utf8.count <= 260 } ?? false)
    }

    @Test("when the clock was set back, time goes on from there")
    func clockGoesBack() {
        var tracker = SessionTracker()
        _ = tracker.update(TemplateID(1), session: "future", at: seconds(1_000_000))
        for _ in 0..<SessionTracker.patience {
            #expect(tracker.update(TemplateID(1), session: "now", at: seconds(100)).allSatisfy { $0.id != "future" })
        }
        #expect(tracker.clockRestarts == 1)
        _ = tracker.update(TemplateID(1), session: "now", at: seconds(101))
        #expect(Set(tracker.advance(to: seconds(500)).map(\.id)) == ["future", "now"])
    }

    @Test("a snapshot in the middle gives the same rest, and a damaged one does no harm")
    func snapshot() throws {
        var random = SplitMix64(seed: 1)
        var tracker = SessionTracker()
        func line(_ second: Int64, _ random: inout SplitMix64) -> (TemplateID, String) {
            (TemplateID(random.next() % 9), "\(second / 400 * 10 + Int64(random.next() % 4))")
        }
        for second in 0..<2_000 {
            let (template, id) = line(Int64(second), &random)
            _ = tracker.update(template, session: id, at: seconds(Int64(second)))
        }
        let whole = tracker.snapshot()
        var restored = try SessionTracker(restoring: whole)
        #expect(restored == tracker)
        for second in 2_000..<3_000 {
            let (template, id) = line(Int64(second), &random)
            #expect(
                restored.update(template, session: id, at: seconds(Int64(second)))
                    == tracker.update(template, session: id, at: seconds(Int64(second))))
        }
        #expect(ResealedSnapshot.refuses(whole) { _ = try SessionTracker(restoring: $0) })
        for _ in 0..<2_000 {
            guard var hostile = try? SessionTracker(restoring: ResealedSnapshot.damaged(whole, &random)) else {
                continue
            }
            _ = hostile.update(TemplateID(1), session: "1", at: seconds(2_001))
            _ = hostile.finish()
        }
    }

    @Test("windows of time are sessions too")
    func timeWindows() throws {
        var windows = try TimeWindowSessions(length: .minutes(1), allowedLateness: .seconds(30))
        #expect(windows.update(TemplateID(1), at: seconds(70)).isEmpty)
        #expect(windows.update(TemplateID(2), at: seconds(125)).isEmpty)
        #expect(windows.update(TemplateID(1), at: seconds(80)).isEmpty)
        var restored = try TimeWindowSessions(restoring: windows.snapshot())
        #expect(restored == windows)
        let closed = restored.advance(to: seconds(150))
        #expect(closed.map(\.id) == ["60000"] && closed[0].counts[TemplateID(1)] == 2)
        #expect(closed == windows.advance(to: seconds(150)))
        #expect(ResealedSnapshot.refuses(windows.snapshot()) { _ = try TimeWindowSessions(restoring: $0) })
    }

    @Test("the id of a session comes from a parameter or an attribute")
    func key() {
        let block = SessionKey.parameter(prefix: "blk_")
        #expect(id(block, [16..<24, 30..<38]) == "-123")
        #expect(id(block, [20..<24]) == "-123")
        #expect(id(block, [20..<28]) == "-123")
        #expect(id(block, [30..<38]) == nil)
        #expect(id(.parameter(prefix: "request="), [47..<49]) == "77")
        #expect(id(.attribute("trace_id"), []) == "abc")
        #expect(id(.attribute("other"), []) == nil)
    }

    private func id(_ key: SessionKey, _ parameters: [Range<Int>]) -> String? {
        let line = Array("Receiving block blk_-123 src: 10.0.0.1 request=77".utf8)
        return key.id(parameters: parameters, of: line.span, attributes: Labels(["trace_id": "abc"]))
    }
}
