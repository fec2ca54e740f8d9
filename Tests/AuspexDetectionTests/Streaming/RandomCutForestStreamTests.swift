import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexDetection

@Suite struct RandomCutForestStreamTests {
    private func points(_ count: Int, features: Int, seed: UInt64) -> [[Double]] {
        var random = SplitMix64(seed: seed)
        // Whole numbers, so that some points are equal and many share a value.
        return (0..<count).map { _ in (0..<features).map { _ in (3 * random.gaussian()).rounded() } }
    }

    private func bytes(_ tree: CutTree) -> [UInt8] {
        var writer = SnapshotWriter(kind: "tree", version: 1)
        tree.write(to: &writer)
        return writer.finished()
    }

    private func restored(_ bytes: [UInt8], features: Int, numbers: Int) throws -> CutTree {
        var reader = try SnapshotReader(bytes, kind: "tree", version: 1)
        let tree = try CutTree(from: &reader, features: features, numbers: numbers)
        try reader.finish()
        return tree
    }

    @Test("a tree that was written and read goes on as if nothing had been", arguments: [1, 2, 5])
    func treeSnapshot(features: Int) throws {
        var (one, other) = (SeededGenerator(seed: features), SeededGenerator(seed: features))
        var tree = CutTree(features: features)
        var twin = tree
        var held: [Int: [Double]] = [:]
        for (number, point) in points(300, features: features, seed: 8).enumerated() {
            let place = number % 60
            tree.forget(place)
            twin.forget(place)
            #expect(
                tree.displacement(of: point[...], random: &one) == twin.displacement(of: point[...], random: &other))
            tree.insert(place, point[...], random: &one)
            twin.insert(place, point[...], random: &other)
            held[place] = point
            #expect(tree.displacement(place) == twin.displacement(place))
            guard number % 7 == 0 else { continue }
            twin = try restored(bytes(twin), features: features, numbers: held.count)
            #expect(twin.violation(held) == nil)
            #expect(bytes(twin) == bytes(tree))
        }
    }

    @Test("a tree that cannot be is refused")
    func impossibleTree() throws {
        func refused(_ write: (inout SnapshotWriter) -> Void) -> Bool {
            var writer = SnapshotWriter(kind: "tree", version: 1)
            write(&writer)
            do {
                _ = try restored(writer.finished(), features: 1, numbers: 2)
                return false
            } catch {
                return true
            }
        }
        func leaf(_ writer: inout SnapshotWriter, _ value: Double, _ number: Int) {
            writer.write(true)
            writer.write(value)
            writer.write(1)
            writer.write(number)
        }
        func branch(_ writer: inout SnapshotWriter, _ value: Double, feature: Int = 0) {
            writer.write(2)
            writer.write(false)
            writer.write(feature)
            writer.write(value)
        }
        func both(_ writer: inout SnapshotWriter, _ cut: Double, feature: Int = 0, second: Int = 1) {
            branch(&writer, cut, feature: feature)
            leaf(&writer, 1, 0)
            leaf(&writer, 2, second)
        }
        #expect(!refused { both(&$0, 1.5) })
        #expect(refused { both(&$0, 2) }, "a cut that parts nothing")
        #expect(refused { both(&$0, .nan) })
        #expect(refused { both(&$0, 1.5, feature: 1) }, "a feature that is not there")
        #expect(refused { both(&$0, 1.5, second: 0) }, "a point in two leaves")
        #expect(refused { both(&$0, 1.5, second: 2) }, "a number that is not there")
        #expect(
            refused {
                $0.write(2)
                leaf(&$0, 1, 0)
            }, "a point too few")
        #expect(refused { branch(&$0, 1.5) }, "branches without leaves")
    }

    @Test("windows with a wild value displace most, from the moment it comes")
    func spike() throws {
        var values = wave(800)
        values[600] += 12
        let scores = try readings("rcf:trees=10", values).map(\.rawScore)
        // Behind the beginning, when every window is new.
        #expect((600..<608).contains(300 + top(Array(scores[300...]))))
        let usual = scores[300..<600].reduce(0, +) / 300
        #expect(scores[600] > 5 * usual)
    }

    @Test("a level that lasts becomes normal within the memory")
    func shift() throws {
        var values = wave(1_200)
        for row in 600..<1_200 { values[row] += 30 }
        let scores = try readings("rcf:trees=10,sample=64,memory=300", values).map(\.rawScore)
        #expect(scores[601] > 20)
        let later = scores[900...].reduce(0, +) / 300
        #expect(later < 8)
    }

    @Test("scores are those of trees that are kept by hand")
    func definition() throws {
        let values = sawtooth(rows: 260)
        let readings = try readings("rcf:trees=1,sample=100,window=4,memory=150,seed=5", values)
        var random = SeededGenerator(seed: 5)
        var tree = CutTree(features: 4)
        for row in 3..<260 {
            let window = Array(values[row - 3...row])
            if row >= 67 {
                #expect(readings[row].rawScore == tree.displacement(of: window[...], random: &random))
            }
            let place = row - 3 < 100 ? row - 3 : random.below(min(row - 2, 150))
            guard place < 100 else { continue }
            tree.forget(place)
            tree.insert(place, window[...], random: &random)
        }
    }

    @Test("a forest of more than 100 MB is refused")
    func tooLarge() {
        #expect(throws: DetectorError.self) {
            try DetectorRegistry.standard.makeStreaming("rcf:trees=1000,sample=10000")
        }
    }
}
