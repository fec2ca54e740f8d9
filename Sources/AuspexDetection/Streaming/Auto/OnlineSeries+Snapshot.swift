import AuspexNumerics

extension OnlineSeries {
    /// Writes the head.
    func write(to writer: inout SnapshotWriter) {
        writer.write([origin, halfUnit, step])
        writer.write(Int(lastTime))
        writer.write(samples)
        for index in sketches.indices { writer.write(Int(sketches[index])) }
        for index in histograms.indices {
            writer.write(Double(histograms[index].offset))
            writer.write(Int(histograms[index].total))
            writer.write(Int(histograms[index].seen))
            writer.write(histograms[index].isPlaced)
        }
        writer.write(Int(recent.next))
        writer.write(Int(recent.count))
    }

    /// Reads what ``write(to:)`` wrote.
    init(reading reader: inout SnapshotReader, layout: OnlineLayout) throws(DetectorError) {
        let base = try reader.readDoubles(count: 3)
        (origin, halfUnit, step) = (base[0], base[1], base[2])
        lastTime = Int64(try reader.readInteger())
        samples = try reader.readInteger(in: 0...SnapshotReader.mostSamples)
        for index in sketches.indices { sketches[index] = try reader.readSmall(in: 0...layout.centres) }
        for index in histograms.indices {
            histograms[index].offset = Float(try reader.readDouble())
            histograms[index].total = try reader.readSmall(in: 0...Int(UInt16.max))
            histograms[index].seen = try reader.readSmall(in: 0...Int(RarityHistogram.warmUp))
            histograms[index].isPlaced = try reader.readBool()
        }
        recent.next = try reader.readSmall(in: 0...OnlineLayout.recentCount - 1)
        recent.count = try reader.readSmall(in: 0...OnlineLayout.recentCount)
    }

    /// Whether it can be the head of a block and the block a series' state, so that no step goes beyond its borders.
    func isSound(block: UnsafeMutableRawPointer, layout: OnlineLayout) -> Bool {
        let order = UnsafeBufferPointer(
            start: (block + layout.order).assumingMemoryBound(to: UInt8.self),
            count: OnlineLayout.medians.reduce(0, +))
        let values = UnsafeBufferPointer(
            start: (block + layout.sketches).assumingMemoryBound(to: Float.self),
            count: OnlineLayout.sketchCount * layout.centres + OnlineLayout.recentCount)
        return [origin, halfUnit, step].allSatisfy(\.isFinite) && halfUnit >= 0 && step >= 0
            && histograms.indices.allSatisfy { histograms[$0].offset.isFinite }
            && order.allSatisfy { $0 < OnlineLayout.recentCount } && values.allSatisfy(\.isFinite)
            && hasSoundHistograms(block, layout)
    }

    /// Whether counts add up to what is kept as their sum, so that none can run over.
    private func hasSoundHistograms(_ block: UnsafeMutableRawPointer, _ layout: OnlineLayout) -> Bool {
        let counts = (block + layout.counts).assumingMemoryBound(to: UInt16.self)
        return (0..<layout.histograms).allSatisfy { number in
            let own = UnsafeBufferPointer(
                start: counts + number * RarityHistogram.binCount, count: RarityHistogram.binCount)
            return own.reduce(0) { $0 + Int($1) } == Int(histograms[number].total)
                && histograms[number].total < RarityHistogram.capacity
        }
    }
}

extension OnlineWay {
    /// Writes what is kept beside the block's parts.
    func write(to writer: inout SnapshotWriter) {
        for index in scales.indices {
            writer.write(Double(scales[index].mean))
            writer.write(Int(scales[index].count))
        }
        for ring in [lags.fine, lags.coarse] {
            for number in [ring.newest, ring.count, ring.pushed] { writer.write(Int(number)) }
        }
        writer.write([Double(lags.sum), Double(lags.held ?? -1)])
        writer.write(Int(lags.summed))
        writer.write([regression.mean, regression.spread, regression.error])
        writer.write(regression.seen)
        writer.write(regression.predicted)
        writer.write(Double(trail))
    }

    /// Reads what ``write(to:)`` wrote.
    init(reading reader: inout SnapshotReader) throws(DetectorError) {
        for index in scales.indices {
            scales[index].mean = Float(try reader.readDouble())
            scales[index].count = try reader.readSmall(in: 0...Int(Int32.max))
        }
        lags.fine = try Self.ring(&reader)
        lags.coarse = try Self.ring(&reader)
        let sums = try reader.readDoubles(count: 2)
        (lags.sum, lags.held) = (Float(sums[0]), sums[1] < 0 ? nil : Float(sums[1]))
        lags.summed = try reader.readSmall(in: 0...LagMemory.coarseness - 1)
        let moments = try reader.readDoubles(count: 3)
        (regression.mean, regression.spread, regression.error) = (moments[0], moments[1], moments[2])
        regression.seen = try reader.readInteger(in: 0...SnapshotReader.mostSamples)
        regression.predicted = try reader.readInteger(in: 0...SnapshotReader.mostSamples)
        trail = Float(try reader.readDouble())
    }

    private static func ring(_ reader: inout SnapshotReader) throws(DetectorError) -> Kernels.LagRing {
        var ring = Kernels.LagRing()
        ring.newest = try reader.readSmall(in: 0...Int(Int32.max))
        ring.count = try reader.readSmall(in: 0...Int(Int32.max))
        ring.pushed = try reader.readSmall(in: 0...Int(Int32.max))
        return ring
    }

    /// Whether it can be so, so that no step goes beyond the block's borders.
    var isSound: Bool {
        [regression.mean, regression.spread, regression.error, Double(lags.sum)].allSatisfy(\.isFinite)
            && scales.indices.allSatisfy { scales[$0].mean.isFinite && scales[$0].mean >= 0 }
            && trail.isFinite && trail >= 0 && LagMemory.isSound(lags)
    }
}

extension SnapshotReader {
    fileprivate mutating func readSmall(in range: ClosedRange<Int>) throws(DetectorError) -> Int32 {
        Int32(try readInteger(in: range))
    }
}
