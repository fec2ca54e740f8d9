import AuspexSignals
import Testing

@testable import AuspexExpressions

@Suite("CEL values convert from and to the rest of the engine")
struct CELValueTests {
    @Test("JSON goes in and comes out unchanged")
    func roundTripsJSON() throws {
        let json = try JSONValue(
            parsing:
                #"{"a": [1, -2.5, true, null, "é"], "b": {"c": {}}, "id": 9007199254740993, "zero": 0, "big": 1e300}"#)
        #expect(JSONValue(CELValue(json)) == json)
        guard case .map(let map) = CELValue(json) else {
            Issue.record("an object is no map")
            return
        }
        #expect(map[name: "zero"] == .double(0))
        #expect(map[name: "id"] == .int(9_007_199_254_740_993))
        #expect(map.entries.map(\.key) == ["a", "b", "big", "id", "zero"].map(CELValue.string))
    }

    @Test("the key of a map is found by its scalars, however the map was made")
    func findsKeysByScalars() throws {
        let composed = "\u{E9}"
        let decomposed = "e\u{301}"
        var made = CELMap()
        let isInserted = made.insert(.int(1), at: .string(composed))
        let isInsertedAgain = made.insert(.int(2), at: .string(composed))
        #expect(isInserted && !isInsertedAgain)
        for map in [made, CELMap([composed: CELValue.int(1)]), CELMap([composed: JSONValue.string("1")])] {
            #expect(map[name: composed] != nil)
            #expect(map[.string(composed)] != nil)
            #expect(map[name: decomposed] == nil)
            #expect(map[.string(decomposed)] == nil)
            #expect(map[.int(1)] == nil)
            #expect(map.count == 1)
            #expect(map.entries.map(\.key) == [.string(composed)])
        }
        #expect(made == CELMap([composed: CELValue.int(1)]))
        #expect(made != CELMap([decomposed: CELValue.int(1)]))
    }

    @Test(
        "what JSON doesn't have is written as text or the nearest number",
        arguments: [
            (CELValue.uint(.max), JSONValue.double(0x1p64)), (.uint(3), .int(3)),
            (.bytes([104, 105]), .string("aGk=")), (.optional(nil), .null), (.optional(.int(1)), .int(1)),
            (.type(.int), .string("int")), (.duration(CELDuration(nanoseconds: 1_500_000_000)), .string("1.5s")),
            (.address(CELAddress(family: .four, bits: 0x0A00_0001)), .string("10.0.0.1")),
            (CELValue(Timestamp(milliseconds: 250)), .string("1970-01-01T00:00:00.25Z")), (.double(2), .int(2)),
            (.double(2.5), .double(2.5)),
        ])
    func writesJSON(value: CELValue, json: JSONValue) {
        #expect(JSONValue(value) == json)
    }

    @Test("keys of several types become text")
    func writesKeys() throws {
        let value = try CELProgram(compiling: "{1: 'a', true: 'b', 2u: 'c', 'k': 'd'}", environment: CELEnvironment())
            .evaluate(variables: [:])
        #expect(
            JSONValue(value)
                == .object(["1": .string("a"), "true": .string("b"), "2": .string("c"), "k": .string("d")]))
    }

    @Test(
        "lengths of time are read",
        arguments: [
            ("1h30m", 5_400_000_000_000), ("-1.5s", -1_500_000_000), ("250ms", 250_000_000), ("1us", 1_000),
            ("1µs", 1_000), ("7d", 604_800_000_000_000), ("2w", 1_209_600_000_000_000), ("0", 0), ("0.000000001s", 1),
            ("1.0000000019s", 1_000_000_001), ("-9223372036854775807ns", -.max), (".5s", 500_000_000),
        ] as [(String, Int64)])
    func readsDurations(text: String, nanoseconds: Int64) {
        #expect(CELDuration(text)?.nanoseconds == nanoseconds)
    }

    @Test(
        "what is no length of time is refused",
        arguments: ["", "5", "s", "1x", "1h-5m", "9223372036854775808ns", "1 s", ".s"])
    func refusesDurations(text: String) {
        #expect(CELDuration(text) == nil)
    }

    @Test(
        "moments are read and written",
        arguments: [
            ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"), ("2024-02-29T23:59:59.5+01:00", "2024-02-29T22:59:59.5Z"),
            ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
            ("1969-12-31T23:59:59.999999999Z", "1969-12-31T23:59:59.999999999Z"),
        ])
    func readsTimestamps(text: String, written: String) {
        #expect(CELTimestamp(text)?.description == written)
    }

    @Test(
        "what is no moment is refused",
        arguments: [
            "", "2026-02-29T00:00:00Z", "2026-01-01", "2026-01-01T00:00:00", "2026-01-01T24:00:00Z",
            "0000-01-01T00:00:00Z",
            "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00.1234567890Z", "10000-01-01T00:00:00Z", "2026-13-01T00:00:00Z",
        ])
    func refusesTimestamps(text: String) {
        #expect(CELTimestamp(text) == nil)
    }

    @Test("moments and lengths of time of the engine are clamped to what the language has")
    func clamps() {
        #expect(CELTimestamp(Timestamp(milliseconds: .max)).seconds == CELTimestamp.range.upperBound)
        #expect(CELTimestamp(Timestamp(milliseconds: .min)).seconds == CELTimestamp.range.lowerBound)
        #expect(CELTimestamp(Timestamp(milliseconds: -1)).timestamp == Timestamp(milliseconds: -1))
        #expect(CELDuration(TimeSpan(milliseconds: .max)).nanoseconds == .max)
        #expect(CELDuration(.seconds(90)).nanoseconds == 90_000_000_000)
    }

    @Test("the calendar agrees with day counting over 800 years")
    func calendar() {
        var date = CivilDate(year: 1_600, month: 1, day: 1)
        var days = date.daysSince1970
        while date.year < 2_400 {
            #expect(CivilDate(daysSince1970: days) == date)
            days += 1
            date.day += 1
            if !date.exists {
                date.day = 1
                date.month += 1
                if date.month > 12 {
                    date.month = 1
                    date.year += 1
                }
            }
        }
        #expect(CivilDate(year: 2026, month: 3, day: 1).dayOfWeek == 0)
    }

    @Test(
        "doubles are written short",
        arguments: [
            (1.0, "1"), (-0.5, "-0.5"), (1e20, "100000000000000000000"), (1e22, "1e+22"), (0.1, "0.1"),
            (.infinity, "Infinity"),
            (9_007_199_254_740_994.0, "9007199254740994"),
        ])
    func writesDoubles(number: Double, text: String) {
        #expect(CELText.string(number) == text)
    }
}
