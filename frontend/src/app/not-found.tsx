import { Compass } from 'lucide-react'
import { Link } from 'react-router'
import { Button } from '@/components/ui/button'
import { Empty } from '@/components/ui/empty'
import { useTitle } from '@/lib/title'

export function NotFound() {
  useTitle('Página não encontrada')
  return (
    <Empty
      page
      icon={Compass}
      title="Página não encontrada"
      className="min-h-[60dvh]"
      action={
        <Button asChild>
          <Link to="/">Voltar ao início</Link>
        </Button>
      }
    >
      O endereço não leva a nenhuma página do ETL Hub.
    </Empty>
  )
}
