/// The windows of a few columns without a copy of each: place t of column c is feature c·w + t.
struct WindowFeatures: Sendable {
    let columns: [[Double]]
    let window: Int
    /// How many windows there are.
    let count: Int

    /// - Parameter columns: at least one, of equal length, at least `window`, without missing values.
    init(_ columns: [[Double]], window: Int) {
        precondition(!columns.isEmpty && window >= 1 && columns[0].count >= window, "the window does not fit")
        self.columns = columns
        self.window = window
        count = columns[0].count - window + 1
    }

    /// How many values a window has.
    var features: Int { window * columns.count }

    /// One value of one window.
    subscript(index: Int, feature: Int) -> Double {
        columns[feature / window][index + feature % window]
    }

    /// The values that a feature has over all windows.
    func values(of feature: Int) -> ArraySlice<Double> {
        let place = feature % window
        return columns[feature / window][place..<place + count]
    }
}
