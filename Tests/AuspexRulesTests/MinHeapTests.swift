import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexRules

@Suite struct MinHeapTests {
    @Test("the least comes first, whatever was added and taken before", arguments: 0..<20)
    func order(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        var heap = MinHeap<Int>()
        var sorted: [Int] = []
        for _ in 0..<300 {
            if Int.random(in: 0..<3, using: &generator) > 0 {
                let number = Int.random(in: 0..<50, using: &generator)
                heap.insert(number)
                sorted.insert(number, at: sorted.firstIndex { $0 >= number } ?? sorted.count)
            } else {
                #expect(heap.popFirst() == (sorted.isEmpty ? nil : sorted.removeFirst()))
            }
            #expect(heap.first == sorted.first && heap.count == sorted.count)
        }
    }
}
