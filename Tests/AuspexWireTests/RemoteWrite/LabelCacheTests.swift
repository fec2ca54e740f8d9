import AuspexSignals
import Testing

@testable import AuspexWire

@Suite struct LabelCacheTests {
    private func bytes<Answer>(_ text: String, _ body: (UnsafeRawBufferPointer) -> Answer) -> Answer {
        Array(text.utf8).withUnsafeBytes(body)
    }

    @Test("what was inserted is found by the same bytes and by no others")
    func lookup() {
        let cache = LabelCache(slots: 1_024)
        let labels = Labels(["a": "b"])
        for length in 0..<40 {
            let key = String(repeating: "k", count: length)
            bytes(key) { cache.insert(labels.setting("n", to: "\(length)x"), for: $0) }
            #expect(bytes(key) { cache.labels(for: $0) }?["n"] == "\(length)x")
            #expect(bytes(key + "!") { cache.labels(for: $0) } == nil)
        }
        #expect(cache.statistics.hits == 40 && cache.statistics.misses == 40)
    }

    @Test("a full group gives up an old label set for a new one")
    func eviction() {
        let cache = LabelCache(slots: 1)
        for number in 1...5 {
            bytes("key \(number)") { cache.insert(Labels(["a": "\(number)"]), for: $0) }
            #expect(bytes("key \(number)") { cache.labels(for: $0) } == Labels(["a": "\(number)"]))
        }
        let kept = (1...5).filter { number in bytes("key \(number)") { cache.labels(for: $0) } != nil }
        #expect(kept.count == 4 && kept.contains(5))
        #expect(cache.statistics.keyBytes == 20)
    }

    @Test("the same label set inserted twice stands in one slot")
    func insertedTwice() {
        let cache = LabelCache(slots: 4)
        for _ in 0..<2 { bytes("key") { cache.insert(Labels(["a": "b"]), for: $0) } }
        #expect(cache.statistics.keyBytes == 3)
    }

    @Test("a cache that is half full knows nearly all of its label sets")
    func crowding() {
        let cache = LabelCache(slots: 4_096)
        let keys = (0..<2_048).map { "http_requests_total instance 10.0.\($0 % 256).\($0 / 256):9100" }
        for key in keys { bytes(key) { cache.insert(Labels(["key": key]), for: $0) } }
        let known = keys.filter { key in bytes(key) { cache.labels(for: $0) } == Labels(["key": key]) }
        #expect(known.count > keys.count * 9 / 10)
    }

    @Test("the bytes of all keys stay under the limit")
    func budget() {
        let cache = LabelCache(slots: 1_024, keyBytesLimit: 100)
        for number in 0..<1_000 {
            bytes("key number \(number)") { cache.insert(Labels(["a": "b"]), for: $0) }
            #expect(cache.statistics.keyBytes <= 100)
        }
        bytes(String(repeating: "x", count: 101)) { cache.insert(Labels(["a": "b"]), for: $0) }
        #expect(bytes(String(repeating: "x", count: 101)) { cache.labels(for: $0) } == nil)
    }
}
