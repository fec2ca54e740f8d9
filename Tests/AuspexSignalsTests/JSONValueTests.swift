import AuspexSignals
import Foundation
import Testing

@Suite struct JSONValueTests {
    @Test("every kind of value is told apart")
    func kinds() throws {
        let value = try JSONValue(
            parsing: #"{"a":null,"b":true,"c":1,"d":1.5,"e":"x","f":[1,"y"],"g":9223372036854775807}"#)
        #expect(value["a"] == .null)
        #expect(value["b"] == .bool(true))
        #expect(value["c"] == .int(1))
        #expect(value["d"] == .double(1.5))
        #expect(value["e"] == .string("x"))
        #expect(value["f"] == .array([.int(1), .string("y")]))
        #expect(value["g"] == .int(.max))
        #expect(value["missing"] == nil)
    }

    @Test("true is not 1 and 1 is not true")
    func boolIsNotNumber() throws {
        #expect(try JSONValue(parsing: "[true,1,0,false]") == .array([.bool(true), .int(1), .int(0), .bool(false)]))
    }

    @Test("canonical texts are equal exactly when the values are")
    func canonical() throws {
        let first = try JSONValue(parsing: #"{"b":[1,2.5],"a":"x\ny"}"#)
        let second = try JSONValue(parsing: #"{ "a" : "x\ny", "b" : [1, 2.5] }"#)
        #expect(first.canonicalText == #"{"a":"x\ny","b":[1,2.5]}"#)
        #expect(first.canonicalText == second.canonicalText)
        #expect(try JSONValue(parsing: first.canonicalText) == first)
    }

    @Test(
        "what is not JSON is an error, never a trap",
        arguments: ["", "{", "[1 2]", "nul", "1e999x", "\"\\ud800\"x", "{\"a\" 1}", "[1", "\u{0}"])
    func refused(text: String) {
        #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
    }

    @Test("nesting without end is refused and not followed")
    func nesting() {
        #expect(throws: JSONError.self) { try JSONValue(parsing: String(repeating: "[", count: 100_000)) }
    }

    @Test("whole numbers are whole however they are written")
    func wholeNumbers() throws {
        #expect(try JSONValue(parsing: "[1.0,1e2,-0.5e1]") == .array([.int(1), .int(100), .int(-5)]))
    }

    @Test("the two zeros are equal and have one text")
    func zeros() {
        #expect(JSONValue.double(-0.0) == .double(0) && JSONValue.double(-0.0).canonicalText == "0.0")
    }

    @Test("a number that cannot be read is told as such", arguments: [#"{"a":1e400}"#, "[01]", "1e"])
    func unreadableNumber(text: String) {
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
        #expect(error?.description == "not valid JSON: number out of range or malformed")
    }

    @Test("control characters are escaped and infinity becomes null")
    func unwritable() throws {
        #expect(JSONValue.string("\u{1}").canonicalText == #""\u0001""#)
        #expect(JSONValue.double(.infinity).canonicalText == "null")
        #expect(try JSONEncoder().encode(JSONValue.array([.double(.nan)])) == Data("[null]".utf8))
    }
}

@Suite struct SampleTests {
    @Test("only the marker's own bits end a series; another NaN is a missing value")
    func stale() {
        let marker = Sample(time: Timestamp(milliseconds: 0), value: Double(bitPattern: Sample.staleBits))
        #expect(marker.isStale && marker.value.isNaN)
        #expect(!Sample(time: Timestamp(milliseconds: 0), value: .nan).isStale)
    }

    @Test("a location is written as editors understand it")
    func location() {
        #expect(SourceLocation(file: "a.yaml", line: 3, column: 7).description == "a.yaml:3:7")
        #expect(SourceLocation(file: "-").description == "-")
    }
}
