import AuspexSignals
import AuspexWire
import Testing

@Suite("Time columns") struct TimeColumnTests {
    private func read(_ texts: String..., unit: TimeFormat? = nil) throws(TableError.Problem) -> [Int64] {
        var column = TimeColumn(unit: unit)
        var times: [Int64] = []
        for text in texts {
            let bytes = Array(text.utf8)
            times.append(try column.read(bytes.span).milliseconds)
        }
        return times
    }

    @Test(
        "the unit follows from the size",
        arguments: [
            ("1700000000", 1_700_000_000_000), ("1700000000000", 1_700_000_000_000),
            ("1700000000000000", 1_700_000_000_000), ("1700000000000000000", 1_700_000_000_000),
            ("1700000000.25", 1_700_000_000_250), ("1700000000.0", 1_700_000_000_000), ("1.7e9", 1_700_000_000_000),
            ("0", 0), ("-1", -1_000), ("1531234567891.0", 1_531_234_567_891),
            ("-1700000000000000001", -1_700_000_000_001),
            ("2018-07-03T14:00:00Z", 1_530_626_400_000), ("2014-04-01 00:05:00", 1_396_310_700_000),
            ("2014-04-01", 1_396_310_400_000), ("2018-07-03T14:00:00.5+02:00", 1_530_619_200_500),
            (" 1700000000 ", 1_700_000_000_000), ("2018-07-03T14:00Z", 1_530_626_400_000),
            ("2018-07-03T14:00:00ZZ", 1_530_626_400_000),
        ] as [(String, Int64)])
    func units(text: String, expected: Int64) throws {
        #expect(try read(text) == [expected])
    }

    @Test("the remembered date changes with the date")
    func dates() throws {
        let times = try read("2026-02-28T23:59:59Z", "2026-03-01T00:00:00Z", "2026-02-28 00:00:00")
        #expect(times == [1_772_323_199_000, 1_772_323_200_000, 1_772_236_800_000])
    }

    @Test(
        "what is no time is refused",
        arguments: ["", "x", "nan", "2026-02-30T00:00:00Z", "2026-13-01", "12:00", "1e300", "2026-01-01T25:00:00Z"])
    func refused(text: String) {
        #expect(throws: TableError.Problem.self) { try read(text) }
    }

    @Test(
        "a fast path refuses what the general reader refuses",
        arguments: ["2026-01-01T12:6a:00Z", "2026-01-01T12:60:00Z"])
    func fastPath(text: String) {
        #expect(throws: TableError.Problem.notATime(text: "\"\(text)\"")) { try read(text) }
    }

    @Test("two forms in one column are refused")
    func mixed() {
        #expect(throws: TableError.Problem.mixedTimes(text: "\"1700000000000\"", first: "seconds since 1970")) {
            try read("1700000000", "1700000000000")
        }
        #expect(throws: TableError.Problem.mixedTimes(text: "\"2026-01-01\"", first: "seconds since 1970")) {
            try read("1700000000", "2026-01-01")
        }
    }

    @Test("numbers keep the unit of the first row while they grow")
    func keptUnit() throws {
        #expect(try read("99999999999", "100000000000") == [99_999_999_999_000, 100_000_000_000_000])
        #expect(
            try read("100000000001", "99999999999", "5000000000") == [100_000_000_001, 99_999_999_999, 5_000_000_000])
    }

    @Test("a jump to another unit is refused in both directions")
    func jumps() {
        for (first, second) in [("1700000000000", "1700000001"), ("1700000000", "1700000001000.5")] {
            #expect(throws: TableError.Problem.self) { try read(first, second) }
        }
    }

    @Test(
        "a unit that is given holds whatever the numbers' size",
        arguments: [(.seconds, 5_000), (.milliseconds, 5), (.microseconds, 0), (.nanoseconds, 0)]
            as [(TimeFormat, Int64)])
    func givenUnit(unit: TimeFormat, expected: Int64) throws {
        #expect(try read("5", "5.0", unit: unit) == [expected, expected])
        #expect(try read("2026-01-01", unit: unit) == [1_767_225_600_000])
    }

    @Test("times beyond the year 5138 are none", arguments: ["100000000000001", "9223372036854775807", "1e18"])
    func farOff(text: String) {
        #expect(throws: TableError.Problem.notATime(text: "\"\(text)\"")) { try read(text, unit: .seconds) }
    }
}
