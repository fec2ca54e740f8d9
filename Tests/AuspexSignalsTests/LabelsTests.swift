import AuspexSignals
import Foundation
import Testing

@Suite struct LabelsTests {
    @Test("labels are sorted by name, and empty values are as good as missing")
    func canonical() {
        let labels = Labels(["b": "2", "__name__": "up", "a": "1", "gone": ""])
        #expect(labels.pairs.map(\.name) == ["__name__", "a", "b"])
        #expect(labels["gone"] == nil)
        #expect(labels.name == "up")
        #expect(labels.description == #"up{a="1",b="2"}"#)
    }

    @Test("pairs in any order, doubled or empty, give what a dictionary of them gives")
    func pairs() {
        for pairs in [
            [], [("a", "1")], [("__name__", "up"), ("a", "1"), ("b", "2")], [("b", "2"), ("a", "1")],
            [("a", "1"), ("a", "2")], [("", "1"), ("a", "")], [("a", "1"), ("ab", "2"), ("é", "3")],
            [("Z", "1"), ("_", "2"), ("a", "3")],
        ] {
            let expected = Labels(Dictionary(pairs) { _, last in last })
            #expect(Labels(pairs: pairs.map { Labels.Pair(name: $0.0, value: $0.1) }) == expected)
        }
    }

    @Test("the description escapes what would end a value")
    func escapes() {
        #expect(Labels(["x": "a\"b\\c\nd"]).description == #"{x="a\"b\\c\nd"}"#)
        #expect(Labels().description == "{}")
        #expect(Labels(["__name__": "up"]).description == "up")
    }

    @Test("keys tell apart what concatenation would confuse")
    func keysAreInjective() {
        #expect(Labels(["a": "bc"]).key != Labels(["ab": "c"]).key)
        #expect(Labels(["a": "b", "c": "d"]).key != Labels(["a": "bc", "d": ""]).key)
    }

    @Test("identifiers never change between releases")
    func identifiersAreStable() {
        #expect(Labels().id.description == "efd01f60ba992926")
        #expect(Labels(["__name__": "up", "instance": "a:9090"]).id.description == "719b2c6396c144f5")
        #expect(Labels(["__name__": "up"]).id == Labels(["__name__": "up", "x": ""]).id)
    }

    @Test("partitions get an even share of many series")
    func partitionsAreEven() {
        var counts = [Int](repeating: 0, count: 16)
        for number in 0..<16_000 {
            counts[Labels(["__name__": "m", "instance": "host-\(number)"]).id.partition(of: 16)] += 1
        }
        #expect(counts.allSatisfy { (850...1_150).contains($0) }, "\(counts)")
    }

    @Test("labels survive JSON")
    func json() throws {
        let labels = Labels(["__name__": "up", "job": "ä\"x"])
        let data = try JSONEncoder().encode(labels)
        #expect(try JSONDecoder().decode(Labels.self, from: data) == labels)
    }
}
