/// Where the parts of one series' state lie in one block of bytes, so that the states of many series can stand side by side.
struct OnlineLayout: Sendable, Hashable {
    /// What is kept of a series.
    enum Profile: Int, Sendable, Hashable, Codable {
        /// Which values and medians were ever seen: 1.5 KiB.
        case light = 1
        /// The same in finer steps, and how the series went: 10 KiB.
        case full = 2
    }

    let profile: Profile
    /// Centres of each of the three sketches.
    let centres: Int
    /// How many histograms there are: of the sketches, and of the way the series went.
    let histograms: Int
    /// Where the parts begin behind the head, which is an ``OnlineSeries``: first what needs the alignment, of the full
    /// profile an ``OnlineWay`` and the regression.
    let way: Int
    let regression: Int
    let sketches: Int
    let recent: Int
    let lags: Int
    let counts: Int
    let order: Int
    /// Bytes of the block, a multiple of 8.
    let bytes: Int

    static let full = OnlineLayout(.full)
    static let light = OnlineLayout(.light)

    /// The layout of a profile.
    static func of(_ profile: Profile) -> OnlineLayout { profile == .full ? full : light }

    /// How many sketches there are: of the values, and of their medians over ``medians``.
    static let sketchCount = 3
    /// Over how many samples the two medians run.
    static let medians = [15, 61]
    /// Samples that the longest median needs.
    static let recentCount = 61

    /// Lays the parts out one behind the other, those of 8 bytes first.
    private init(_ profile: Profile) {
        self.profile = profile
        let isFull = profile == .full
        centres = isFull ? 128 : 48
        way = MemoryLayout<OnlineSeries>.stride
        regression = way + (isFull ? MemoryLayout<OnlineWay>.stride : 0)
        sketches = regression + (isFull ? RecursiveRegression.bytes : 0)
        recent = sketches + Self.sketchCount * centres * MemoryLayout<Float>.stride
        lags = recent + Self.recentCount * MemoryLayout<Float>.stride
        counts = lags + (isFull ? LagMemory.bytes : 0)
        histograms = isFull ? Self.sketchCount + 1 : Self.sketchCount
        order = counts + histograms * RarityHistogram.binCount * MemoryLayout<UInt16>.stride
        bytes = (order + Self.medians.reduce(0, +) + 7) / 8 * 8
    }
}
