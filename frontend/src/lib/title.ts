import { useEffect } from 'react'
import { create } from 'zustand'

/** The page's own part of the window title; the live state is put before it. */
export const usePageTitle = create<{ title: string }>(() => ({ title: '' }))

export function useTitle(title: string): void {
  useEffect(() => usePageTitle.setState({ title }), [title])
}
