extension Array {
    /// The first place at which `belongsToSecondPart` holds, of an array in which it holds from some place on; its count if
    /// nowhere. Logarithmic.
    func partitioningIndex(where belongsToSecondPart: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if belongsToSecondPart(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
