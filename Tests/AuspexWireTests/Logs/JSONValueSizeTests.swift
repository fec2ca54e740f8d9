import AuspexSignals
import Testing

@testable import AuspexWire

@Suite("Sizes of JSON") struct JSONValueSizeTests {
    @Test(
        "the size of a text is known without the text",
        arguments: [
            .null, .bool(true), .bool(false), .int(0), .int(.min), .double(0.1), .double(-1e300), .double(.nan),
            .string(""), .string("a\"\\\n\r\t\u{0}\u{1f}é😀"), .array([]), .array([.null]),
            .array([.int(1), .array([])]),
            .object([:]), .object(["\"": .object(["b": .string("\n")]), "c": .array([.bool(true), .null])]),
        ] as [JSONValue])
    func sizes(value: JSONValue) {
        #expect(value.canonicalBytes == value.canonicalText.utf8.count)
    }
}
