import AuspexSignals
import Testing

@testable import AuspexEngine

@Suite struct EventClockTests {
    @Test("there is no time before the first event")
    func empty() {
        var clock = EventClock()
        #expect(clock.horizon(wall: noon, lateness: .seconds(10)) == nil)
    }

    @Test("history is judged by its own times, and goes on with the wall clock when nothing comes")
    func history() {
        var clock = EventClock()
        let lastWeek = noon - .hours(7 * 24)
        clock.observe(lastWeek, wall: noon)
        #expect(clock.horizon(wall: noon, lateness: .seconds(10)) == lastWeek - .seconds(10))
        #expect(clock.horizon(wall: noon + .minutes(1), lateness: .seconds(10)) == lastWeek + .seconds(50))
    }

    @Test("an older event changes nothing")
    func older() {
        var clock = EventClock()
        clock.observe(noon, wall: noon)
        clock.observe(noon - .minutes(5), wall: noon + .minutes(1))
        #expect(clock.newest == noon)
        #expect(clock.horizon(wall: noon + .minutes(1), lateness: .zero) == noon + .minutes(1))
    }

    @Test("an event from another century moves nothing, also when it was saved")
    func future() {
        var clock = EventClock()
        clock.observe(noon, wall: noon)
        clock.observe(noon + .hours(24 * 36_500), wall: noon)
        #expect(clock.newest == noon)
        #expect(EventClock(newest: noon + .hours(24 * 36_500), wall: noon).newest == nil)
    }

    @Test("a wall clock that is set back does not take time back")
    func setBack() {
        var clock = EventClock()
        clock.observe(noon, wall: noon)
        #expect(clock.horizon(wall: noon - .hours(1), lateness: .zero) == noon)
    }

    @Test("a restored clock stands where it stood, however long the engine was down")
    func restored() {
        var clock = EventClock(newest: noon, wall: noon)
        #expect(clock.horizon(wall: noon + .hours(5), lateness: .zero) == noon)
        #expect(clock.horizon(wall: noon + .hours(5) + .seconds(3), lateness: .zero) == noon + .seconds(3))
    }
}
