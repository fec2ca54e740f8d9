import AuspexSignals
import AuspexTesting
import AuspexWire
import Testing

@Suite("Decimal numbers") struct DecimalNumberTests {
    private func outcome(_ text: String) -> DecimalNumber.Outcome {
        let bytes = Array(text.utf8)
        return DecimalNumber.read(bytes.span)
    }

    @Test(
        "is the standard library's double, to the last bit",
        arguments: [
            "0", "-0", "1", "+1", "-1.5", ".5", "5.", "1e3", "1E-3", "1e+3", "123456789012345678", "0.1", "0.2", "0.3",
            "1.7976931348623157e308", "2.2250738585072014e-308", "4.9e-324", "5e-324", "2.4703282292062327e-324",
            "9007199254740993", "9007199254740992.5", "9007199254740993.0000000000000000000000001",
            "0.000000000000000000000000000123", "1e22", "1e23", "8.5e22", "1e27", "1e28", "1e-27", "1e-28",
            "9999999999999999999", "18446744073709551615", "18446744073709551616", "99999999999999999999999999",
            "0.30000000000000004", "2.718281828459045235360287471352662497757", "1e-400",
            "00000000000000000000000012.5",
            "6.02214076e23", "0.1000000000000000055511151231257827021181583404541015625", "1e-5", "12345678.9e-12",
        ])
    func agrees(text: String) throws {
        let expected = try #require(Double(text))
        guard case .number(let number) = outcome(text) else {
            Issue.record("\(text) gives \(outcome(text))")
            return
        }
        #expect(number.bitPattern == expected.bitPattern)
    }

    @Test("agrees with the standard library on random digits, points and exponents")
    func randomTexts() throws {
        var generator = SplitMix64(seed: 7)
        for _ in 0..<60_000 {
            var text = Bool.random(using: &generator) ? "-" : ""
            let digits = Int.random(in: 1...24, using: &generator)
            let point = Int.random(in: 0...30, using: &generator)
            for position in 0..<digits {
                if position == point { text += "." }
                text += String(Int.random(in: 0...9, using: &generator))
            }
            if Int.random(in: 0..<3, using: &generator) == 0 {
                text += "e\(Int.random(in: -330...330, using: &generator))"
            } else if Bool.random(using: &generator) {
                text += "E\(Int.random(in: -30...30, using: &generator))"
            }
            let expected = try #require(Double(text))
            switch outcome(text) {
            case .number(let number):
                if number.bitPattern != expected.bitPattern { Issue.record("\(text): \(number), not \(expected)") }
            case .notFinite: if expected.isFinite { Issue.record("\(text) is finite") }
            case .missing, .malformed: Issue.record("\(text) is a number")
            }
        }
    }

    @Test("agrees with the standard library on shortest and exact forms of random doubles, and half-way cases")
    func randomDoubles() throws {
        var generator = SplitMix64(seed: 11)
        for _ in 0..<30_000 {
            let double = Double(bitPattern: UInt64.random(in: 0..<0x7ff0_0000_0000_0000, using: &generator))
            #expect(outcome("\(double)") == .number(double))
            // An integer half-way between two doubles: ties go to even.
            let odd = (UInt64.random(in: 1 << 52..<1 << 53, using: &generator) << 1) | 1
            #expect(outcome("\(odd)") == .number(Double(odd)))
            #expect(outcome("\(odd)e-3") == .number(try #require(Double("\(odd)e-3"))))
        }
    }

    @Test(
        "missing values have their words", arguments: ["", " ", "\t", "nan", "NaN", "NAN", "null", "NULL", "na", "NA"])
    func missing(text: String) {
        #expect(outcome(text) == .missing)
    }

    @Test(
        "infinities are not finite",
        arguments: ["1e999", "-1e309", "inf", "-Inf", "+Infinity", "1e99999999999999999999"])
    func notFinite(text: String) {
        #expect(outcome(text) == .notFinite)
    }

    @Test(
        "what is not decimal is malformed",
        arguments: [
            "x", "1x", "0x10", "1e", "1e+", "e5", ".", "-", "+", "--1", "1.2.3", "1,5", "1_000", "nan(1)", "1 2", "n",
        ])
    func malformed(text: String) {
        #expect(outcome(text) == .malformed)
    }

    @Test("blanks around a number do not matter")
    func blanks() {
        #expect(outcome("  \t-2.5 ") == .number(-2.5))
    }
}
