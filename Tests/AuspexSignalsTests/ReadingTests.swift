import AuspexSignals
import Foundation
import Testing

@Suite struct ReadingTests {
    @Test("a reading is what was encoded; one from before there was strangeness has none")
    func coding() throws {
        let reading = Reading(
            time: Timestamp(milliseconds: 5), value: 1.5, rawScore: 2, pValue: 0.25, anomalyScore: 1.25, strangeness: 3,
            expectation: Expectation(value: 1, lower: 0, upper: 2), readiness: .warmingUp(seen: 1, needed: 3),
            reason: "a reason")
        let bytes = try JSONEncoder().encode(reading)
        #expect(try JSONDecoder().decode(Reading.self, from: bytes) == reading)
        var object = try #require(try JSONSerialization.jsonObject(with: bytes) as? [String: Any])
        #expect(object.removeValue(forKey: "strangeness") != nil)
        for key in ["reason", "expectation"] { object.removeValue(forKey: key) }
        let older = try JSONDecoder().decode(Reading.self, from: JSONSerialization.data(withJSONObject: object))
        var expected = reading
        (expected.strangeness, expected.reason, expected.expectation) = (0, nil, nil)
        #expect(older == expected)
    }
}
