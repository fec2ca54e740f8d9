import AuspexSignals

/// How many series may still be taken on.
struct SeriesRoom: Hashable, Sendable {
    /// So many more.
    var series: Int
    /// So many bytes more.
    var bytes: Int
    /// How many of the bytes are kept for series of the light form.
    var reserved: Int

    /// The form in which a new series is taken on, and the bytes that it is charged; nil when there is no room.
    ///
    /// The full form leaves what is reserved for the light one, as far as there may be so many series.
    mutating func admit(
        _ labels: Labels, full: SeriesForm, light: SeriesForm?
    ) -> (form: SeriesForm, bytes: Int, isLight: Bool)? {
        guard series > 0 else { return nil }
        let needed = full.bytes(with: labels)
        if needed <= bytes - kept(light?.bytes(with: labels)) {
            take(needed)
            return (full, needed, false)
        }
        guard let light, case let needed = light.bytes(with: labels), needed <= bytes else { return nil }
        take(needed)
        reserved = max(0, reserved - needed)
        return (light, needed, true)
    }

    /// What is left for light series of so many bytes each.
    private func kept(_ each: Int?) -> Int {
        guard let each else { return 0 }
        return series - 1 < reserved / each ? (series - 1) * each : reserved
    }

    private mutating func take(_ needed: Int) {
        series -= 1
        bytes -= needed
    }
}
