import CAuspexKernels

/// The loops that are written in C for wide registers, behind checked borders. Results have the same bits everywhere.
package enum Kernels {
    /// products[j] += entering · enter[j] − leaving · leave[j]. All three have the same length.
    package static func slideProducts(
        _ products: UnsafeMutableBufferPointer<Double>, leaving: Double, leave: UnsafeBufferPointer<Double>,
        entering: Double, enter: UnsafeBufferPointer<Double>
    ) {
        precondition(leave.count == products.count && enter.count == products.count, "lengths differ")
        guard let target = products.baseAddress, let leaveStart = leave.baseAddress, let enterStart = enter.baseAddress
        else { return }
        auspex_slide_products(target, leaveStart, enterStart, leaving, entering, products.count)
    }

    /// Writes the values norms[j] − 2 · products[j] under `limit`, with their j, to the front of the outputs, which are at
    /// least as long as the inputs; returns how many there are.
    package static func selectBelow(
        _ limit: Double, products: UnsafeBufferPointer<Double>, norms: UnsafeBufferPointer<Double>,
        values: UnsafeMutableBufferPointer<Double>, indices: UnsafeMutableBufferPointer<Int32>
    ) -> Int {
        let count = products.count
        precondition(norms.count == count && values.count >= count && indices.count >= count, "lengths differ")
        guard let productStart = products.baseAddress, let normStart = norms.baseAddress,
            let valueStart = values.baseAddress, let indexStart = indices.baseAddress
        else { return 0 }
        return auspex_select_below(productStart, normStart, limit, count, valueStart, indexStart)
    }

    /// ``slideProducts(_:leaving:leave:entering:enter:)`` and then ``selectBelow(_:products:norms:values:indices:)``, in one
    /// pass over memory.
    package static func slideAndSelect(
        _ products: UnsafeMutableBufferPointer<Double>, leaving: Double, leave: UnsafeBufferPointer<Double>,
        entering: Double, enter: UnsafeBufferPointer<Double>, below limit: Double, norms: UnsafeBufferPointer<Double>,
        values: UnsafeMutableBufferPointer<Double>, indices: UnsafeMutableBufferPointer<Int32>
    ) -> Int {
        let count = products.count
        precondition(leave.count == count && enter.count == count && norms.count == count, "lengths differ")
        precondition(values.count >= count && indices.count >= count, "the outputs are too short")
        guard let target = products.baseAddress, let leaveStart = leave.baseAddress, let enterStart = enter.baseAddress,
            let normStart = norms.baseAddress, let valueStart = values.baseAddress,
            let indexStart = indices.baseAddress
        else { return 0 }
        return auspex_slide_select(
            target, leaveStart, enterStart, leaving, entering, normStart, limit, count, valueStart, indexStart)
    }

    /// The first j for which norms[j] − 2 · products[j] is least, with that value; nil when no value is finite. Both have
    /// the same length.
    package static func nearest(
        products: UnsafeBufferPointer<Float>, norms: UnsafeBufferPointer<Float>
    ) -> (index: Int, value: Float)? {
        precondition(norms.count == products.count, "lengths differ")
        guard let productStart = products.baseAddress, let normStart = norms.baseAddress else { return nil }
        var value = Float.infinity
        let index = auspex_nearest(productStart, normStart, products.count, &value)
        return value.isFinite ? (index, value) : nil
    }
}
